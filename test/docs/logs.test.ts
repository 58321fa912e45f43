import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accountLines, dashboardLines, gatewayLines, processLines } from '../../src/log/lines.ts';

const source = new URL('../../src/', import.meta.url);

/** The source files that log. */
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** Events as they stand in a call of a logger: `log.warn({ … }, 'redis.warning')`. */
const events: readonly string[] = files.flatMap((file) => {
  const calls = readFileSync(new URL(file, source), 'utf8').matchAll(
    /\b(?:log|lines)(?:\.(?:debug|info|warn|error)|\[[^\]]+\])\((?:[^;]*?[\s(,?:])?'([a-z]+\.[a-z-]+)'\s*,?\s*\)/g,
  );
  return [...calls].map(([, event = '']) => event);
});

describe('docs/logs.md', () => {
  const documented = Object.keys({ ...accountLines, ...processLines, ...dashboardLines, ...gatewayLines });

  it('has every event that some code logs', () => {
    expect(events.length).toBeGreaterThan(10);
    expect(documented).toEqual(expect.arrayContaining([...new Set(events)]));
  });

  it('has no event that nothing logs', () => {
    const all = files.map((file) => readFileSync(new URL(file, source), 'utf8')).join('\n');
    const code = all.replaceAll(readFileSync(new URL('log/lines.ts', source), 'utf8'), '');
    // Events with a variable second half are tried one by one in test/unit/worker/report.test.ts.
    const byName = documented.filter((event) => !/^(?:delivery|account)\./.test(event));
    for (const event of byName) expect(code, event).toContain(`'${event}'`);
  });
});
