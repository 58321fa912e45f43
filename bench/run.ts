import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { readFacts } from './facts.ts';
import { profileCallers } from './figures/profile.ts';
import { groups } from './groups.ts';
import { helpText, type Options, readOptions } from './options.ts';
import { lineOf, type MeasuredGroup, renderPerformance } from './performance-page.ts';
import type { Share } from './profile.ts';

const checkout = join(import.meta.dirname, '..');
const names = groups.map(({ name }) => name);
// Each Redis is ended when this process exits, and every other process when it is gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const options = wanted();
if (options?.help) console.log(helpText(names));
else if (options) await run(options);

/** What the command line asks for; where it cannot be read, the reason is said and nothing is measured. */
function wanted(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2), names);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return undefined;
  }
}

async function run({ quick, rounds, json, only, against, write, profile }: Options): Promise<void> {
  const say = (line: string): void => (json ? undefined : console.log(line));
  const bench: Bench = {
    rounds,
    scale: quick ? 0.05 : 1,
    checkout,
    against,
    concurrencies: new Map(),
    progress: (line) => say(`  ${line}`),
  };
  const facts = await readFacts(bench);
  say(`${facts.machine}; Node ${facts.node}, Redis ${facts.redis}; rounds: ${facts.rounds}`);
  const measured: MeasuredGroup[] = [];
  for (const group of groups) {
    const isWanted = only.length === 0 || only.includes(group.name);
    if (isWanted) say(group.name);
    const figures = isWanted ? await group.measure(bench) : undefined;
    for (const figure of figures ?? []) say(lineOf(figure));
    measured.push({ ...group, figures });
  }
  const shares = profile || write ? await profiled(bench, say) : undefined;
  if (json) console.log(JSON.stringify({ ...facts, groups: measured, shares }));
  if (write) {
    writeFileSync(join(checkout, 'docs', 'performance.md'), renderPerformance(facts, measured, shares));
  }
}

async function profiled(bench: Bench, say: (line: string) => void): Promise<readonly Share[]> {
  const folder = join(checkout, '.tmp', 'profiles', String(process.pid));
  mkdirSync(folder, { recursive: true });
  const shares = await profileCallers(bench, folder);
  say(`CPU profiles: ${folder}`);
  for (const { who, micros, share } of shares) {
    say(`${micros.toFixed(1).padStart(6)} µs ${(share * 100).toFixed(1).padStart(5)} % ${who}`);
  }
  return shares;
}
