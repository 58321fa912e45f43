import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Every file of ours, and every package, that a file loads. Imports of types alone load nothing. */
function loadedBy(file: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file.pathname)) return seen;
  seen.add(file.pathname);
  const source = readFileSync(file, 'utf8');
  for (const [, path = ''] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)) {
    if (path.startsWith('.')) loadedBy(new URL(path, file), seen);
    else seen.add(path);
  }
  return seen;
}

it('the fake producer loads no client of Redis, no queue and nothing of the worker', () => {
  const loaded = [...loadedBy(new URL('../../../src/testing/index.ts', import.meta.url))];
  const packages = loaded.filter((one) => !one.startsWith('/') && !one.startsWith('node:'));
  expect(packages).toEqual([]);
  const rooms = loaded.flatMap((one) => /\/src\/(\w+)\//.exec(one)?.[1] ?? []);
  expect([...new Set(rooms)].toSorted()).toEqual([
    'codes',
    'errors',
    'events',
    'message',
    'producer',
    'queue',
    'status',
    'testing',
  ]);
});
