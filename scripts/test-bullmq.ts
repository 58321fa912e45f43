// `npm run test:bullmq -- [package@version…]`: the suite against other versions of BullMQ and ioredis, in a copy of the
// project, to prove that it does not hang on those that are pinned. Without versions: the core with BullMQ 6.4 and the newest
// 6 that the registry has, and what apps use with the oldest that `jetsms-producer` takes.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oldestShared } from './packages/producer-manifest.ts';

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
/** What apps use of it: what is in `jetsms-producer`. */
const producer = ['producer', 'status', 'events', 'queue', 'campaigns'];

interface Trial {
  /** `package@version`, for npm. */
  readonly packages: readonly string[];
  /** Beginnings of names in test/integration. */
  readonly tests: readonly string[];
}

const oldest = Object.entries(oldestShared).map(([name, version]) => `${name}@${version}`);
const usual: readonly Trial[] = [
  { packages: ['bullmq@6.4'], tests: core },
  { packages: ['bullmq@6'], tests: core },
  { packages: oldest, tests: producer },
];
const wanted = process.argv.slice(2);
const trials = wanted.length > 0 ? [{ packages: wanted, tests: core }] : usual;

const results = trials.map((trial) => ({ ...trial, isGood: isGoodWith(trial) }));
for (const { packages, isGood } of results)
  console.log(`${packages.join(', ')}: ${isGood ? 'passed' : 'FAILED'}`);
process.exit(results.every(({ isGood }) => isGood) ? 0 : 1);

function isGoodWith({ packages, tests }: Trial): boolean {
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
    if (!run('npm', 'install', '--ignore-scripts', '--save-exact', ...packages)) return false;
    for (const name of Object.keys(oldestShared)) {
      const { version } = JSON.parse(readFileSync(join(copy, 'node_modules', name, 'package.json'), 'utf8'));
      console.log(`with ${name} ${version}`);
    }
    const folders = tests.map((name) => `test/integration/${name}`);
    return (
      run('npx', 'tsc', '--noEmit', '-p', '.') &&
      run('npx', 'vitest', 'run', '--project', 'integration', ...folders)
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}
