import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Room → what it may import, as the linter's messages say it. */
const enforced = Object.fromEntries(
  [...read('biome.json').matchAll(/(src\/[a-z]+) may import only: itself(?:, )?([^;]*); see/g)].map(
    ([, room = '', others]) => [room, others || 'nothing of ours'],
  ),
);
const documented = Object.fromEntries(
  [...read('docs/architecture.md').matchAll(/^\| `(src\/[a-z]+)` \| [^|]+ \| ([^|]+) \|$/gm)].map(
    ([, room = '', others]) => [room, others],
  ),
);

describe('the rooms of src', () => {
  it('may import in docs/architecture.md what the linter lets them import', () => {
    expect(documented).toEqual({ ...enforced, 'src/cli': 'all of them' });
  });

  it('are all documented', () => {
    const folders = readdirSync(new URL('src', root)).map((name) => `src/${name}`);
    expect(Object.keys(documented)).toEqual(expect.arrayContaining(folders));
  });
});
