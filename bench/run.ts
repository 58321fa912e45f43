import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Bench,
  backlog,
  campaigns,
  importCost,
  marks,
  otpUnderBulk,
  profileSingles,
  singleMemory,
  singlesAt50Ms,
  singlesAtOnce,
} from './figures.ts';
import type { Figure } from './measure.ts';
import { type RunFacts, renderPerformance } from './performance-page.ts';
import type { Share } from './profile.ts';
import { openRedis } from './rig.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const root = join(import.meta.dirname, '..');
const say = (line: string): void => (values.json ? undefined : console.log(line));

const groups: Readonly<Record<string, (bench: Bench) => Promise<readonly Figure[]>>> = {
  singlesAtOnce,
  singlesAt50Ms,
  marks,
  campaigns,
  backlog,
  singleMemory,
  otpUnderBulk,
  importCost,
};

const profileDir = join(root, '.tmp', 'profiles', String(process.pid));
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'ignore' });

await using redis = await openRedis();
const bench: Bench = { redis, rounds: values.quick ? 1 : 5, scale: values.quick ? 0.1 : 1 };
const facts: RunFacts = {
  command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
  node: process.version,
  redis: await redis.version(),
  rounds: bench.rounds,
};
say(`${facts.machine}; Node ${facts.node}, Redis ${facts.redis}; ${facts.rounds} rounds`);

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(groups)) {
  if (values.only !== '' && !values.only.split(',').includes(name)) continue;
  for (const figure of await measure(bench)) {
    figures.push(figure);
    const { median, min, max } = figure.value;
    const number = (value: number): string =>
      value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
    say(
      `${figure.isMet ? 'met   ' : 'MISSED'} ${figure.what}: ${number(median)} ${figure.unit} (${number(min)} to ${number(max)}); target ${figure.target}; ${figure.behind}`,
    );
  }
}

let shares: readonly Share[] | undefined;
if (values.profile || values.write) {
  mkdirSync(profileDir, { recursive: true });
  shares = await profileSingles(bench, profileDir);
  say(`CPU profile: ${profileDir}`);
  for (const { who, micros, share } of shares) {
    say(`${micros.toFixed(1).padStart(6)} µs ${(share * 100).toFixed(1).padStart(5)} % ${who}`);
  }
}
if (values.json) console.log(JSON.stringify({ ...facts, figures, shares }));
if (values.write)
  writeFileSync(join(root, 'docs', 'performance.md'), renderPerformance(facts, figures, shares));
process.exit(0);
