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

/** What is known of the targets that are missed or close; written by hand, from profiles and from what was tried. */
const limits = (figures: readonly Figure[]): string => `## What is missed or close, and why

${roomOf(figures)}What is left of a single message's CPU time is mostly not ours: BullMQ's script in Redis, its job objects, the client
that speaks to Redis, sockets, and garbage collection. On two cores the Redis server and the worker keep each other
waiting, and the machine's own speed comes and goes: nearly the same code has printed 1.87 × and 2.59 × for single sends,
and 0.48 × and 0.38 × for their CPU, within an hour. The rounds of single sends in the table differ by as much as their
median is short of its target. Redis is busy all the time; the worker is not.

Kept, because it helped:

- one request for a group; marks of a group in one script; the ends of a group in few commands
  ([decision 13](decisions/0013-ends-are-written-together.md)), with BullMQ's functions defined once and not for each job;
- what these commands carry packed into one value, and their answers too: 14,600 messages/s at 70 µs of CPU time became
  19,300 at 55 in a run that did both in turn. The client's work for a command grows with the number of its values, above
  all where one of them is binary;
- fewer jobs kept alive that have ended, so that garbage collection has less to copy
  ([decision 14](decisions/0014-short-pauses.md));
- an acceptance written once, as the job's end, so that \`park\` costs one write more than \`resend\` and not two;
- no text made of a job only to compare it with 0 (BullMQ does, for each job that follows another);
- counters of metrics that add up while labels stay the same; MMS windows looked up only after a refusal; log lines built
  only where they are written; no schema library and few promises on the way of a job;
- phone number tables loaded when a producer is made, not when it is imported.

Tried, and dropped because it did not help: gathering writes to the socket, once ends travel together; a larger or a
smaller young generation for V8; more than 25 jobs in a command; looking once per command, and not once per job, which
finished jobs are too old to keep. BullMQ's automatic pipelining makes it slower, and so do few commands of ends at a
time.

- **Larger settings are faster**: concurrency 2,000 and batches of 250 for single sends. The defaults (500 and 100) keep
  less work before an OTP.
- **OTPs under bulk**: an OTP's way has three steps through Redis and one through the worker, and what stands before it
  there is bulk whose request was just answered. So bulk ends in portions of ten, each in its own turn of the event loop
  and only while few ends are on their way to Redis ([decision 13](decisions/0013-ends-are-written-together.md)). It costs
  bulk of single messages a tenth or so of its throughput, and campaigns nothing. V8's collections of young objects took
  10 to 15 ms, twice a second, and 6 to 8 ms since [decision 14](decisions/0014-short-pauses.md): \`jetsms start\` sees to
  that; a program of your own around \`createWorker\` is started by \`node --no-allocation-site-pretenuring\`. The slowest
  hundredth is at the machine's mercy, on an idle queue as well: by hand it was 13 ms against 5 ms in a quiet hour and
  22 ms against 23 ms in a restless one. All of this is well below the time of one request to the provider, which is
  what is promised when every slot is busy.
- **\`park\`**: one round trip more for each request, and three more steps in Redis for each message, which is what has
  no time to spare. Nearly the same code has printed 0.84 × and 1.02 ×.
- **500,000 waiting**: Redis runs the same commands, however many wait. They fill half a gigabyte there, so that each job
  comes from memory and not from a cache. Measured over 20,000 messages; runs of 5,000 last a third of a second, and
  printed anything from 0.73 to 0.98 ×.
- **Importing** the producer loads two dozen small files of ours beside BullMQ and ioredis. Its time has been printed as
  1.02 ×, 1.17 × and 1.22 ×.
- **Campaigns** avoid all of this: a job of a thousand messages pays once.

`;

/** How much faster a worker that sends nothing is than the plain one. */
function roomOf(figures: readonly Figure[]): string {
  const medianOf = (key: string) => figures.find((figure) => figure.key === key)?.value.median;
  const [toPlain, toEmpty] = [medianOf('singles-plain'), medianOf('singles-empty')];
  if (toPlain === undefined || toEmpty === undefined) return '';
  const emptyToPlain = toPlain / toEmpty;
  const room = emptyToPlain < 2.6 ? ': the targets of 2.6 × and 2.8 × lie above what an empty job makes' : '';
  return `An empty BullMQ job, which sends nothing at all, made about ${number(emptyToPlain)} × the plain worker's throughput in
this run, and ours ${number(toEmpty)} × that of the empty one${room}.
`;
}

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
${limits(figures)}
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
