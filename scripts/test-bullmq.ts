// `npm run test:bullmq -- [version…]`: the core of the suite against other versions of BullMQ, in a copy of the project, to
// prove that it does not hang on the one that is pinned. Without versions: 6.4, and the newest 6 that the registry has.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const core = [
  'worker',
  'producer',
  'queue',
  'bullmq',
  'operator',
  'watch',
  'redis',
  'every-row',
  'campaigns',
];
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['6.4', '6'];

const results = versions.map((version) => ({ version, isGood: isGoodWith(version) }));
for (const { version, isGood } of results) console.log(`bullmq ${version}: ${isGood ? 'passed' : 'FAILED'}`);
process.exit(results.every(({ isGood }) => isGood) ? 0 : 1);

function isGoodWith(version: string): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'jetsms-bullmq-'));
  try {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: project, encoding: 'utf8' });
    for (const file of files.split('\0').filter(Boolean)) cpSync(join(project, file), join(copy, file));
    cpSync(join(project, 'node_modules'), join(copy, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const run = (command: string, ...args: string[]): boolean =>
      spawnSync(command, args, { cwd: copy, stdio: 'inherit' }).status === 0;
    if (!run('npm', 'install', '--ignore-scripts', '--save-exact', `bullmq@${version}`)) return false;
    const { version: installed } = JSON.parse(
      readFileSync(join(copy, 'node_modules/bullmq/package.json'), 'utf8'),
    );
    console.log(`bullmq ${version} is ${installed}`);
    const folders = core.map((name) => `test/integration/${name}`);
    return (
      run('npx', 'tsc', '--noEmit', '-p', '.') &&
      run('npx', 'vitest', 'run', '--project', 'integration', ...folders)
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}
