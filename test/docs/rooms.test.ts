import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rooms, topRoom } from '../../scripts/rooms.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Rows of the table of rooms in docs/architecture.md. */
const documented = [
  ...read('docs/architecture.md').matchAll(/^\| `src\/([a-z]+)` \| ([^|]+) \| ([^|]+) \|$/gm),
].map(([, name, purpose, imports]) => ({ name, purpose, imports }));

describe('the rooms of src', () => {
  it('stand in docs/architecture.md as the linter knows them', () => {
    const known = rooms.map(({ name, purpose, imports }) => ({
      name,
      purpose,
      imports: imports.length === 0 ? 'nothing of ours' : imports.join(', '),
    }));
    expect(documented).toEqual([...known, { ...topRoom, imports: 'all of them' }]);
  });

  it('are all the folders that there are', () => {
    const folders = readdirSync(new URL('src', root)).toSorted();
    expect([...rooms.map(({ name }) => name), topRoom.name].toSorted()).toEqual(folders);
  });

  it('import downwards', () => {
    for (const [index, { name, imports }] of rooms.entries()) {
      const below = rooms.slice(0, index).map((room) => room.name);
      const unknown = imports.filter((path) => !below.includes(path.replace(/\/.*/, '')));
      expect([name, unknown]).toEqual([name, []]);
    }
  });
});
