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
