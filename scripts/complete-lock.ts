// Adds to package-lock.json the optional packages of other platforms that a registry did not show when the lock
// file was made (a mirror may hold those of one platform only), without which `npm ci` refuses the lock file; and the
// checksums that are missing, as the registry tells them.
// Run it after `npm install`: node scripts/complete-lock.ts; with --check it writes nothing and exits 1.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { addChecksums, completeLock, type Lock, withoutChecksum } from './lock-file.ts';

const file = new URL('../package-lock.json', import.meta.url);
const lock: Lock = JSON.parse(readFileSync(file, 'utf8'));
const { completed, added } = completeLock(lock);
const bare = withoutChecksum(completed);

if (bare.size === 0) console.log('package-lock.json is complete.');
else if (process.argv.includes('--check')) {
  const lacking = [...bare.values()].join(', ');
  console.error(
    `package-lock.json lacks these, or their checksums: ${lacking}; run: node scripts/complete-lock.ts`,
  );
  process.exitCode = 1;
} else {
  const checksums = new Map([...bare].map(([path, spec]) => [path, checksumOf(spec)]));
  writeFileSync(file, `${JSON.stringify(addChecksums(completed, checksums), undefined, 2)}\n`);
  console.log(`Packages added to package-lock.json: ${added.length}; checksums: ${checksums.size}`);
}

/** @throws Error where the registry does not know the package; then the lock file stays as it is */
function checksumOf(spec: string): string {
  const integrity = execFileSync('npm', ['view', spec, 'dist.integrity'], { encoding: 'utf8' }).trim();
  if (!integrity.startsWith('sha512-')) throw new Error(`the registry tells no checksum of ${spec}`);
  return integrity;
}
