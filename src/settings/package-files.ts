import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file that is published with the package. This file lies two folders deep: in src/settings, and built in dist/chunks. */
export const packageFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The version in package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return 'unknown';
  return String(manifest.version);
}
