// `npm test`: everything that must hold, in one command. Arguments go to vitest: `npm test -- --project unit`.
// The last line of the run is always `N passed, N failed` (`, N skipped`), where each check counts as one.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureRedis } from './ensure-redis.ts';
import { add, type Counts, countVitest, nothing, one, summaryLine } from './test-counts.ts';
import { describeMissing, missingTools, tools } from './tools.ts';

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const checks: readonly Check[] = [
  { name: 'lint', command: ['npm', 'run', '-s', 'lint'] },
  { name: 'types', command: ['npm', 'run', '-s', 'types'] },
  { name: 'generated docs', command: ['npm', 'run', '-s', 'docs:check'] },
  { name: 'build', command: ['npm', 'run', '-s', 'build'] },
  { name: 'package', command: ['publint', '--strict'] },
];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
// As npm sets it for its scripts, so that `node scripts/test.ts` works as well.
process.env['PATH'] = [join(process.cwd(), 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
const counts = await testEverything(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  return one('failed');
});
process.exitCode = counts.failed === 0 ? 0 : 1;
for (const tool of missingTools(Object.values(tools))) {
  console.log(`${process.env['CI'] ? 'Missing' : 'Skipped'}: ${describeMissing(tool)}`);
}
console.log(`\n${summaryLine(counts)}`);

async function testEverything(vitestArgs: readonly string[]): Promise<Counts> {
  if (!(await ensureRedis())) return one('failed');
  return add(checks.map(runCheck).reduce(add, nothing), runVitest(vitestArgs));
}

/** Quiet when it passes. */
function runCheck({ name, command: [file = '', ...args] }: Check): Counts {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  const passed = status === 0;
  console.log(`${passed ? '✓' : '✗'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (!passed) console.log([error?.message, stdout, stderr].filter(Boolean).join('\n'));
  return one(passed ? 'passed' : 'failed');
}

function runVitest(args: readonly string[]): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'jetsms-test-'));
  const report = join(folder, 'report.json');
  try {
    const { status } = spawnSync(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    return countVitest(readReport(report), status);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What vitest wrote; nothing where it broke before it could write. */
function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
