import { describe, expect, it } from 'vitest';
import { generatedPages, stalePages } from '../../scripts/docs/pages.ts';
import { codeTable } from '../../src/codes/index.ts';

describe('the generated pages', () => {
  it('are current (if not: node scripts/generate-docs.ts)', () => {
    expect(stalePages(new URL('../../', import.meta.url))).toEqual([]);
  });

  it('are named when they are missing', () => {
    expect(stalePages(new URL('./nowhere/', import.meta.url))).toEqual(
      generatedPages.map(({ path }) => path),
    );
  });
});

describe('docs/codes.md', () => {
  const page = generatedPages.find(({ path }) => path === 'docs/codes.md')?.render() ?? '';

  it.each(codeTable)('has a linked section with everything of $id', (row) => {
    expect(page).toContain(`(#${row.id})`);
    expect(page).toContain(`### ${row.id}\n\n${row.description}\n`);
    for (const words of [row.meaning, row.action, row.hint, row.literal ?? '']) expect(page).toContain(words);
  });
});
