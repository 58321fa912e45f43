import type { Figure } from './measure.ts';
import type { Share } from './profile.ts';

/** What a run was made with. */
export interface RunFacts {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly redis: string;
  readonly rounds: number;
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);

/** What is known of the targets that are missed; written by hand, from profiles and from what was tried. */
const limits = `## What is missed, and why

About three quarters of a single message's CPU time are Redis's own (BullMQ's two scripts), the client that speaks to
it, and the sockets below. An empty job costs most of that too, and spends about 0.4 of the CPU of the plain worker's by
itself: the targets of 0.4 × CPU, 2.6 × and 2.8 × throughput leave next to nothing for judging a message. What we add is a
job's validation, its place in a group, the decision, four metrics, and a return value. Redis's share is what bounds the
throughput on two cores.

- Tried and kept: one request for a group, marks and records of a group in one script, no journal where nobody records
  it, log lines built only where they are written, no schema library on the way of a job.
- Marks (\`park\`): one script more before and one after a group's request. They cost a fifth here, because the Redis
  server and the worker share two cores; each is one round trip for up to 100 messages.
- Importing the producer takes longer than importing BullMQ and ioredis alone because the tables of phone numbers are
  loaded with it; loading them at the first number that needs them is not tried yet.
- Not tried yet: what retention by age costs in Redis, metrics with labels resolved once, windows of MMS looked up only for MMS, several worker processes.
- A waiting single message is a few bytes over: BullMQ keeps its options as JSON beside it, with the id once more, and the
  journal's facts (parts, deadline, lane) are written out in words.
- Campaigns avoid all of this: a job of a thousand messages pays once.

`;

/** docs/performance.md, from one run. */
export function renderPerformance(
  facts: RunFacts,
  figures: readonly Figure[],
  shares: readonly Share[] | undefined,
): string {
  return `# Performance

Generated from a run of \`${facts.command}\` on ${facts.date}; not edited by hand.

- Machine: ${facts.machine}
- Node ${facts.node}, Redis ${facts.redis} on loopback without persistence, a stub provider in a process of its own
- ${facts.rounds} rounds, the compared ones in turn within each round; the table shows the median, and the smallest and largest round

A ratio compares with a plain BullMQ and undici worker (\`bench/plain-worker.ts\`) that posts one message per job, at the
concurrency that suited it best in the same run. Absolute numbers are those of this machine and this hour; the ratios
are what can be compared.

| what | target | median | from | to | |
|---|---|---|---|---|---|
${figures.map(row).join('\n')}

${figures.map(({ what, behind }) => `- ${what}: ${behind}`).join('\n')}

## Where a message's time goes
${shares ? shareTable(shares) : '\nRun `npm run bench -- --profile` for the shares.\n'}
${limits}
## Measure again

\`npm run bench\` runs everything, \`-- --quick\` a tenth of it in one round, \`-- --only singlesAtOnce,marks\` some of it,
\`-- --json\` prints one JSON object, \`-- --profile\` leaves CPU profiles under \`.tmp/profiles\` and prints the shares,
\`-- --write\` writes this page.
`;
}

function row({ what, target, value, unit, isMet }: Figure): string {
  const cells = [
    what,
    target,
    `${number(value.median)} ${unit}`,
    number(value.min),
    number(value.max),
    isMet ? 'met' : '**missed**',
  ];
  return `| ${cells.join(' | ')} |`;
}

function shareTable(shares: readonly Share[]): string {
  const rows = shares.map(
    ({ who, micros, share }) => `| ${who} | ${micros.toFixed(1)} | ${(share * 100).toFixed(1)} % |`,
  );
  return `\nCPU time of one worker process over single sends with the provider at 0 ms (start-up included), and of the Redis
server beside it:\n\n| whose code | µs per message | share |\n|---|---|---|\n${rows.join('\n')}\n`;
}
