// `npm run test:faults -- [--minutes N] [--seed S] [--scenario name] [--messages M]`: the fault suite for longer,
// with one seed after the other. A broken invariant is told at once, with its seed; then the run ends with 1.
// A run of all scenarios that takes at least a minute writes its table into docs/reliability.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Result, runScenario } from '../test/faults/harness/run-scenario.ts';
import { renderTable, withReport } from '../test/faults/harness/table.ts';
import { onRequest, scenarios } from '../test/faults/scenarios/all.ts';

const page = new URL('../docs/reliability.md', import.meta.url);
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    messages: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const chosen =
  values.scenario === undefined
    ? scenarios
    : [...scenarios, ...onRequest].filter(({ name }) => name === values.scenario);
if (chosen.length === 0) {
  throw new Error(
    `no such scenario; there are ${[...scenarios, ...onRequest].map(({ name }) => name).join(', ')}`,
  );
}

const results = await runAll();
console.log(`\n${renderTable(chosen, results)}`);
if (values.scenario === undefined && minutes >= 1) {
  writeFileSync(page, withReport(readFileSync(page, 'utf8'), report()));
  console.log('Written: docs/reliability.md');
}
// Not by itself: Node 24 can spin for ever in its own clean-up of sockets that were reset.
process.exit(results.every(({ violations }) => violations.length === 0) ? 0 : 1);

/** Every scenario with one seed after the other, until the time is over; each at least once. */
async function runAll(): Promise<readonly Result[]> {
  const all: Result[] = [];
  const until = performance.now() + minutes * 60_000;
  for (let seed = Number(values.seed); all.length < chosen.length || performance.now() < until; seed += 1) {
    for (const scenario of chosen) {
      const messages = Number(values.messages ?? scenario.messages);
      const result = await runScenario({ ...scenario, messages }, seed);
      const { violations, report: story, ...facts } = result;
      console.log(`${violations.length === 0 ? '✓' : '✗'} ${JSON.stringify(facts)}`);
      if (violations.length > 0) console.error(story);
      all.push(result);
    }
  }
  return all;
}

function report(): string {
  const options = [`--minutes ${minutes}`, `--seed ${values.seed}`];
  if (values.messages !== undefined) options.push(`--messages ${values.messages}`);
  return [
    `Made by \`npm run test:faults -- ${options.join(' ')}\`, ${new Date().toISOString().slice(0, 10)}, ` +
      `Node ${process.versions.node}, ${cpus().length} processors:`,
    '',
    renderTable(chosen, results),
  ].join('\n');
}
