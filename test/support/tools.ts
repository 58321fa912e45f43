import { describe, it } from 'vitest';
import { describeMissing, missingTools, type Tool } from '../../scripts/tools.ts';

/**
 * Tests that call programs which a machine may lack: they are skipped there, with the reason in their title. Where
 * `CI` is set, as `.ci/run` does, a missing program fails.
 */
export function describeWith(needed: readonly Tool[], title: string, body: () => void): void {
  const missing = missingTools(needed);
  if (missing.length === 0) return void describe(title, body);
  const reason = missing.map(describeMissing).join('; ');
  if (!process.env['CI']) return void describe.skip(`${title} (skipped: ${reason})`, body);
  return void describe(title, () => {
    it('has the programs that it needs', () => {
      throw new Error(`${reason}. .ci/run installs it; without CI set, these tests are skipped.`);
    });
  });
}
