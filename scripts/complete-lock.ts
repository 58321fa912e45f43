// Adds to package-lock.json the optional packages of other platforms that a registry did not show when the lock
// file was made (a mirror may hold those of one platform only). Without them `npm ci` refuses the lock file.
// Run it after `npm install`: node scripts/complete-lock.ts; with --check it writes nothing and exits 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { completeLock, type Lock } from './lock-file.ts';

const file = new URL('../package-lock.json', import.meta.url);
const lock: Lock = JSON.parse(readFileSync(file, 'utf8'));
const { completed, added } = completeLock(lock);

if (added.length === 0) console.log('package-lock.json is complete.');
else if (process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.join(', ')}; run: node scripts/complete-lock.ts`);
  process.exitCode = 1;
} else {
  writeFileSync(file, `${JSON.stringify(completed, undefined, 2)}\n`);
  console.log(`Added to package-lock.json: ${added.join(', ')}`);
}
