import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, type Group, oursAt, scaled } from '../bench.ts';
import { type Figure, inTurn, medianOf, ratios, spread, spreadOf, whole } from '../measure.ts';
import type { Span } from '../processes/producer.ts';
import { openWorld } from '../rig/world.ts';
import { drain } from './drain.ts';

const run = promisify(execFile);

/** What one checkout comes to in one round. */
interface Sample {
  readonly campaign: number;
  readonly enqueue: number;
  readonly bytes: number;
  readonly waiting: number;
  readonly importMs: number;
  readonly importMegabytes: number;
}

async function campaignOf(bench: Bench, checkout: string) {
  const recipients = scaled(bench, 500_000, 20_000);
  await using world = await openWorld({ ...oursAt(bench, 0), checkout });
  const app = await world.startProducer();
  const before = await world.redis.usedBytes();
  const { beganAt, endedAt } = await app.ask<Span>('campaign', recipients);
  await app.ask('close');
  const bytes = ((await world.redis.usedBytes()) - before) / recipients;
  await world.startWorker();
  const firstAt = await world.answeredAt(1);
  const lastAt = await world.answeredAt(recipients);
  const seconds = (endedAt - beganAt) / 1_000;
  return {
    enqueue: recipients / seconds,
    bytes,
    campaign: recipients / (seconds + (lastAt - firstAt) / 1_000),
  };
}

/** Processes that import the producer as it is built, and nothing else: the median of some. */
async function importOf(checkout: string): Promise<Pick<Sample, 'importMs' | 'importMegabytes'>> {
  const file = pathToFileURL(join(checkout, 'dist', 'producer', 'index.js')).href;
  const program = `const began = performance.now(); await import(${JSON.stringify(file)});
    console.log(JSON.stringify([performance.now() - began, process.memoryUsage.rss() / 1e6]));`;
  const samples: [ms: number, megabytes: number][] = [];
  for (let n = 0; n < 5; n += 1) {
    const args = ['--input-type=module', '--eval', program];
    samples.push(JSON.parse((await run(process.execPath, args, { cwd: checkout })).stdout));
  }
  return {
    importMs: medianOf(samples.map(([ms]) => ms)),
    importMegabytes: medianOf(samples.map(([, megabytes]) => megabytes)),
  };
}

async function sampleOf(bench: Bench, checkout: string): Promise<Sample> {
  const waiting = scaled(bench, 500_000, 20_000);
  return {
    ...(await campaignOf(bench, checkout)),
    waiting: await drain({
      world: { ...oursAt(bench, 0), checkout },
      waiting,
      warmUp: Math.round(waiting / 25),
      counted: Math.round(waiting / 5),
    }),
    ...(await importOf(checkout)),
  };
}

interface Line {
  readonly key: keyof Sample;
  readonly what: string;
  readonly unit: string;
  readonly isLargerBetter: boolean;
}

/**
 * "No worse" by the numbers, to the hundredth that the page shows: the median is no worse, or the rounds lie on both sides
 * of 1, so that the two cannot be told apart.
 */
export function noWorse(
  ours: readonly number[],
  theirs: readonly number[],
  isLargerBetter: boolean,
): boolean {
  const hundredths = ratios(ours, theirs).map((ratio) => Math.round(ratio * 100) / 100);
  const { median, min, max } = spreadOf(hundredths);
  return isLargerBetter ? median >= 1 || max >= 1 : median <= 1 || min <= 1;
}

const lineFigure = (
  { key, what, unit, isLargerBetter }: Line,
  ours: readonly Sample[],
  theirs: readonly Sample[] | undefined,
): Figure => {
  const write = (value: number): string => (value >= 100 ? whole(value) : value.toFixed(1));
  const mine = ours.map((sample) => sample[key]);
  const target = 'no worse than the other checkout';
  if (!theirs) {
    const behind = 'no other checkout was given';
    return { what, target, isMet: undefined, unit, value: spreadOf(mine), behind };
  }
  const other = theirs.map((sample) => sample[key]);
  return {
    what,
    target,
    isMet: noWorse(mine, other, isLargerBetter),
    unit: '×',
    value: spreadOf(ratios(mine, other)),
    behind: `${spread(mine, write)} ${unit} against ${spread(other, write)} ${unit}`,
  };
};

const linesOf = (bench: Bench): readonly Line[] => {
  const waiting = whole(scaled(bench, 500_000, 20_000));
  const perSecond = { unit: 'recipients/s', isLargerBetter: true };
  return [
    { key: 'campaign', what: 'a campaign of one text, end to end', ...perSecond },
    { key: 'enqueue', what: 'enqueueing a campaign by `sendMany()`', ...perSecond },
    {
      key: 'bytes',
      what: 'Redis memory per waiting recipient of a campaign',
      unit: 'B',
      isLargerBetter: false,
    },
    {
      key: 'waiting',
      what: `${waiting} single messages waiting: messages/s`,
      unit: 'messages/s',
      isLargerBetter: true,
    },
    { key: 'importMs', what: 'importing the producer: time', unit: 'ms', isLargerBetter: false },
    {
      key: 'importMegabytes',
      what: 'importing the producer: memory of the process',
      unit: 'MB',
      isLargerBetter: false,
    },
  ];
};

export const againstGroup: Group = {
  name: 'against',
  counts:
    'This code against that of the checkout given by `--against`, in turn. A campaign: one text to many, enqueued by ' +
    '`sendMany()`, then delivered by a worker started afterwards; both times are added, the start of the worker is not. ' +
    'Waiting messages: sent one by one by 200 callers before the worker starts; counted is the fifth after the first 4 %. ' +
    'Importing: the built producer in a fresh process, the median of five. "No worse" holds where the median is no worse, or where the rounds ' +
    'lie on both sides of 1 and the two cannot be told apart; less than half a hundredth is no difference.',
  async measure(bench) {
    const checkouts = [bench.checkout, ...(bench.against === undefined ? [] : [bench.against])];
    for (const cwd of checkouts) await run('npm', ['run', '--silent', 'build'], { cwd });
    const sample = (checkout: string, words: string) => async (round: number) => {
      const taken = await sampleOf(bench, checkout);
      bench.progress(
        `round ${round + 1}, ${words}: campaign ${whole(taken.campaign)}/s, waiting ${whole(taken.waiting)}/s`,
      );
      return taken;
    };
    const { ours, theirs = undefined } = await inTurn<'ours' | 'theirs', Sample>(bench.rounds, {
      ours: sample(bench.checkout, 'this checkout'),
      ...(bench.against === undefined ? {} : { theirs: sample(bench.against, 'the other checkout') }),
    } as Record<'ours' | 'theirs', (round: number) => Promise<Sample>>);
    return linesOf(bench).map((line) => lineFigure(line, ours, theirs));
  },
};
