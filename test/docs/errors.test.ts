import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorFamilies } from '../../scripts/docs/errors-page.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Every source file by its path. */
const sources: ReadonlyMap<string, string> = new Map(
  readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [`src/${file}`, read(`src/${file}`)]),
);
const all = [...sources.values()].join('\n');

/** What stands behind `pattern`'s group, wherever it occurs in the source. */
const found = (pattern: RegExp): readonly string[] => [...all.matchAll(pattern)].map(([, name = '']) => name);

describe('docs/errors.md', () => {
  it('has every class of error that the source defines, and no other', () => {
    const documented = errorFamilies.flatMap(({ classes }) => classes);
    expect(documented.toSorted()).toEqual(found(/class (\w+) extends \w*Error\b/g).toSorted());
  });

  it.each(errorFamilies)('has every code of "$title" that is thrown by name', ({ classes, table }) => {
    const byName = classes.flatMap((name) => found(new RegExp(`new ${name}\\(\\s*'([A-Z][A-Z_]*)'`, 'g')));
    for (const code of byName) expect(Object.keys(table)).toContain(code);
  });

  it('has every code that a class carries by itself', () => {
    const codes = errorFamilies.flatMap(({ table }) => Object.keys(table));
    for (const code of found(/readonly code = '([^']+)'/g)) expect(codes).toContain(code);
  });

  it.each(errorFamilies)('has no code of "$title" that nothing throws', ({ source, table }) => {
    const elsewhere = [...sources].filter(([path]) => path !== source).map(([, text]) => text);
    const own = withoutTable(sources.get(source) ?? '');
    for (const code of Object.keys(table)) {
      expect(
        [own, ...elsewhere].some((text) => text.includes(`'${code}'`)),
        code,
      ).toBe(true);
    }
  });

  it.each(errorFamilies)('takes "$title" from the table in the file that it names', ({ source, table }) => {
    for (const code of Object.keys(table))
      expect(sources.get(source)).toMatch(new RegExp(`^ {2}${code}: `, 'm'));
  });
});

/** A file of errors without the type that lists its codes. */
const withoutTable = (text: string): string => text.replace(/export type \w+Code =[^;]*;/g, '');
