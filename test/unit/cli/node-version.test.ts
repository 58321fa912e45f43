import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliErrors } from '../../../src/cli/errors.ts';
import { nodeTrouble } from '../../../src/cli/node-version.ts';

const { engines } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

describe('a Node that is too old for the command', () => {
  it.each(['22.19.0', '22.20.1', '23.0.0', '24.21.0', '100.0.0'])('%s is not', (version) => {
    expect(nodeTrouble(version)).toBeUndefined();
  });

  it.each(['14.21.3', '20.20.2', '22.18.9', '22.9.0'])('%s is, and is told what to do', (version) => {
    const { meaning, whatToDo } = cliErrors.NODE_TOO_OLD;
    expect(nodeTrouble(version)).toBe(
      `error NODE_TOO_OLD: ${meaning} ${whatToDo} (This is Node ${version}.)`,
    );
  });

  it('is one that `engines` does not name', () => {
    expect(engines.node).toBe('>=22.19');
  });
});
