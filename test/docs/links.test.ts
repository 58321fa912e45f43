import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/process.ts';
import { anchorsOf, linksOf } from './markdown.ts';

const notOurs = new Set(['node_modules', 'dist', 'coverage', '.git']);
const pages = globSync('**/*.md', { cwd: projectFolder, exclude: (name) => notOurs.has(name) });

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

/** What is wrong with a link of a page; nothing where it leads somewhere, or out of the project. */
function problemOf(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
  if (!existsSync(join(projectFolder, target))) return `${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(read(target)).has(anchor) ? undefined : `${link}: no such heading`;
}

describe('the documentation', () => {
  it('has a README', () => {
    expect(pages).toContain('README.md');
  });

  it.each(pages)('has only links that lead somewhere in %s', (page) => {
    const problems = linksOf(read(page)).map((link) => problemOf(page, link));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe('reading markdown', () => {
  it('finds links outside of code', () => {
    const text = '[a](b.md) ![c](d.png) `[no](x)`\n\n```\n[no](y)\n```\n\n[e]: f.md#g\n';
    expect(linksOf(text)).toEqual(['b.md', 'd.png', 'f.md#g']);
  });

  it('makes anchors of headings as GitHub does', () => {
    const text = '# How it works\n## `npm test`, and *why*\n## Words\n### Words\n<a id="own"></a>\n';
    expect([...anchorsOf(text)]).toEqual(['how-it-works', 'npm-test-and-why', 'words', 'words-1', 'own']);
  });
});
