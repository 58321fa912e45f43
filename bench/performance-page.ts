import type { Group } from './bench.ts';
import { type Figure, whole } from './measure.ts';
import type { Share } from './profile.ts';

/** What a run was made with. */
export interface RunFacts {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly redis: string;
  /** The packages of the compared ones, with their versions. */
  readonly packages: readonly string[];
  readonly commit: string;
  /** The commit of the other checkout. */
  readonly against: string | undefined;
  readonly rounds: number;
  /** 1 for a whole run. */
  readonly scale: number;
}

/** A group with its figures; none where it was left out of the run. */
export interface MeasuredGroup extends Pick<Group, 'name' | 'counts'> {
  readonly figures: readonly Figure[] | undefined;
}

function number(value: number): string {
  if (value >= 100) return whole(value);
  // A target of 0.2 and what just misses it are not to look the same.
  return value.toFixed(value < 1 ? 3 : 2);
}

export const verdictOf = ({ isMet }: Figure): 'met' | 'missed' | 'not compared' => {
  if (isMet === undefined) return 'not compared';
  return isMet ? 'met' : 'missed';
};

/** A figure as a line of the run's output. */
export function lineOf(figure: Figure): string {
  const { what, unit, value, target, behind } = figure;
  const range = `${number(value.median)} ${unit} (${number(value.min)} to ${number(value.max)})`;
  return `${verdictOf(figure).toUpperCase()} ${what}: ${range}; target ${target}; ${behind}`;
}

/** docs/performance.md, from one run. */
export function renderPerformance(
  facts: RunFacts,
  measured: readonly MeasuredGroup[],
  shares: readonly Share[] | undefined,
): string {
  const figures = measured.flatMap((group) => group.figures ?? []);
  const parts = [
    `# Performance\n\nGenerated from a run of \`npm run bench -- --write\` on ${facts.date}; not edited by hand.`,
    factList(facts),
    comparedWords,
    figureTable(figures),
    summary(figures, measured),
    '## What each line counts',
    ...measured.map(groupPart),
    '## What no line counts',
    notCounted,
    ...(shares ? ["## Where a message's time goes", shareTable(shares)] : []),
    '## Measure again',
    measureAgain,
  ];
  return `${parts.join('\n\n')}\n`;
}

function factList(facts: RunFacts): string {
  const { machine, node, redis, packages, commit, against, rounds, scale } = facts;
  const size = scale === 1 ? '' : `; a quick look at ${scale} of the size, not to be quoted`;
  return [
    `- Machine: ${machine}`,
    `- Node ${node}; Redis ${redis} on loopback with \`appendonly yes\` and \`appendfsync everysec\`; ${packages.join(', ')}`,
    `- This code: commit ${commit}; ${against === undefined ? 'no other checkout was compared' : `the other checkout: commit ${against}`}`,
    `- Rounds: ${rounds}, the compared ones in turn within each round${size}`,
    '- Each round has fresh processes: the app, the worker, Redis in an empty directory, and a stub provider',
  ].join('\n');
}

const comparedWords = `Three do the same work. **Ours** is \`createProducer()\` and \`jetsms start\` with every default. **Plain** is a BullMQ job per
message, whose id is the key, and a BullMQ worker that makes one POST per job with undici. **bee-queue** is the same with
bee-queue. Their workers run at whatever number of jobs at once was fastest, tried in the same run. The median of the
rounds is quoted, with the smallest and the largest; a ratio is taken round by round. Absolute numbers are those of this
machine and this hour.`;

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, target, value, unit } = figure;
    const verdict = verdictOf(figure);
    const cells = [
      what,
      target,
      `${number(value.median)} ${unit}`,
      number(value.min),
      number(value.max),
      verdict === 'missed' ? '**missed**' : verdict,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| what | target | measured | from | to | |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function summary(figures: readonly Figure[], measured: readonly MeasuredGroup[]): string {
  const count = (verdict: string): number => figures.filter((figure) => verdictOf(figure) === verdict).length;
  const left = measured.filter((group) => group.figures === undefined).map(({ name }) => `\`${name}\``);
  const said = `${count('met')} met, ${count('missed')} missed, ${count('not compared')} not compared.`;
  return left.length === 0 ? said : `${said} Not measured in this run: ${left.join(', ')}.`;
}

function groupPart({ name, counts, figures }: MeasuredGroup): string {
  // Where several targets are about the same numbers, these stand once.
  const lines = new Set(figures?.map(({ what, behind }) => `- ${what}: ${behind}`));
  return `### ${name}\n\n${counts}\n\n${figures ? [...lines].join('\n') : 'Not measured in this run.'}`;
}

const notCounted = `- The provider's process. It shares the cores with the others, so that a request costs more than its own CPU: one request
  per message slows whoever makes it. Times and messages/s contain this; CPU does not.
- A network: everything is on loopback. A round trip to a Redis elsewhere makes each of them slower.
- What the system does outside of these processes, such as writing pages to the disk.
- The start of the processes, except where a line says so.
- What it would cost the others to do what ours does beside: reply codes, marks, holds, dead letters, metrics, logs.`;

function shareTable(shares: readonly Share[]): string {
  const rows = shares.map(
    ({ who, micros, share }) => `| ${who} | ${micros.toFixed(1)} | ${(share * 100).toFixed(1)} % |`,
  );
  return [
    'CPU time of the app and the worker of ours with 200 callers and the provider at 0 ms, from their profiles (start-up',
    'included, the profiler too), and of the Redis server beside them:',
    '',
    '| whose code | µs per message | share |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

const measureAgain = `\`npm run bench -- --write\` measures everything and writes this page, \`-- --help\` lists the groups and the options.
\`-- --quick\` is one small round, \`-- --only callers,park\` some of it. \`-- --against <path>\` compares with the code of
another checkout, whose packages are installed; without it the lines of \`against\` are not compared. By hand:
\`bench/many-memory.ts\`.`;
