// Writes the generated pages of docs/; with --check it writes nothing, names stale pages and exits 1.
import { mkdirSync, writeFileSync } from 'node:fs';
import { generatedPages, stalePages } from './docs/pages.ts';

const root = new URL('../', import.meta.url);
const stale = stalePages(root);

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is not current; run: node scripts/generate-docs.ts`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, render } of generatedPages) {
    const file = new URL(path, root);
    mkdirSync(new URL('./', file), { recursive: true });
    writeFileSync(file, render());
  }
  console.log(stale.length === 0 ? 'All pages were current.' : `Written: ${stale.join(', ')}`);
}
