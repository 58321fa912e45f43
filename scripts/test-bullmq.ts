// `npm run test:bullmq -- [package@version…]`: the suite against other versions of BullMQ and ioredis, in a copy of the
// project, to prove that it does not hang on those that are pinned. Without versions: the core with BullMQ 6.4 and with the newest
// that the registry has of those that `jetsms-producer` takes, and what apps use with the oldest.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oldestShared, sharedRanges } from './packages/producer-manifest.ts';

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

const inWords = (packages: object): string[] => Object.entries(packages).map((entry) => entry.join('@'));
const usual: readonly Trial[] = [
  { packages: inWords(oldestShared), tests: producer },
  { packages: ['bullmq@6.4'], tests: core },
  { packages: inWords(sharedRanges), tests: core },
];
const wanted = process.argv.slice(2);
const trials = wanted.length > 0 ? [{ packages: wanted, tests: core }] : usual;

type Result = 'passed' | 'FAILED' | 'pinned: `npm test` has tried them';

const results = trials.map((trial) => ({ ...trial, result: resultOf(trial) }));
for (const { packages, result } of results) console.log(`${packages.join(', ')}: ${result}`);
process.exit(results.some(({ result }) => result === 'FAILED') ? 1 : 0);

function resultOf({ packages, tests }: Trial): Result {
  const copy = mkdtempSync(join(tmpdir(), 'jetsms-bullmq-'));
  try {
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: project,
      encoding: 'utf8',
    });
    for (const file of files.split('\0').filter(Boolean)) cpSync(join(project, file), join(copy, file));
    cpSync(join(project, 'node_modules'), join(copy, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const run = (command: string, ...args: string[]): boolean =>
      spawnSync(command, args, { cwd: copy, stdio: 'inherit' }).status === 0;
    const pinned = installedIn(copy);
    if (!run('npm', 'install', '--ignore-scripts', '--save-exact', ...packages)) return 'FAILED';
    const installed = installedIn(copy);
    console.log(`with ${installed}`);
    if (installed === pinned) return 'pinned: `npm test` has tried them';
    const folders = tests.map((name) => `test/integration/${name}`);
    const isGood =
      run('npx', 'tsc', '--noEmit', '-p', '.') &&
      run('npx', 'vitest', 'run', '--project', 'integration', ...folders);
    return isGood ? 'passed' : 'FAILED';
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** The versions of BullMQ and ioredis in a folder, in words. */
function installedIn(folder: string): string {
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
  return Object.keys(oldestShared)
    .map((name) => `${name}@${versionOf(name)}`)
    .join(', ');
}
