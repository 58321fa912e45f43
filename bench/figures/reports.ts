import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { jobIdBytes, newJobId } from '../../src/message/id.ts';
import { defaultAccount, defaultPrefix, keys } from '../../src/queue/names.ts';
import { markLength, type WaitingReport, waitingText } from '../../src/queue/waiting-report.ts';
import { type Bench, type Group, oursAt, scaled } from '../bench.ts';
import { atLeast, atMost, type Figure, inTurn, ratioFigure, spread, spreadOf, whole } from '../measure.ts';
import { openRedis } from '../rig/redis.ts';
import { type Drained, drainMeasured } from './drain.ts';

/** What waits for a report, by how it is asked about. */
type Way = 'ids' | 'numbers';

const hourMs = 3_600_000;
const recipients = 1_000;
const groupId = '2605201745161787848';

const waitingOf = (way: Way, n: number): WaitingReport => ({
  job: newJobId(randomBytes(jobIdBytes)),
  kind: 'accepted',
  lane: n === 1 ? 'transactional' : 'bulk',
  endedAt: Date.now(),
  n,
  resends: 0,
  groupId,
  ...(way === 'numbers'
    ? { marks: Array.from({ length: n }, () => randomBytes(6).toString('base64url').slice(0, markLength)) }
    : {}),
});

/** As many jobs as wait, the next question about each of them within the three days for which is asked. */
async function fill(url: string, jobs: number, make: () => WaitingReport): Promise<void> {
  const client = new Redis(url);
  const reports = keys.reports(defaultPrefix, defaultAccount);
  for (let from = 0; from < jobs; from += 1_000) {
    const scored = Array.from({ length: Math.min(1_000, jobs - from) }, () => [
      Date.now() + 60_000 + Math.random() * 72 * hourMs,
      waitingText(make()),
    ]);
    await client.zadd(reports, ...scored.flat());
  }
  await rewriteFile(client);
  client.disconnect();
}

/** So much at once has Redis write its file anew, which is not to fall into what is measured. */
async function rewriteFile(client: Redis): Promise<void> {
  await client.bgrewriteaof().catch(() => undefined); // it has begun by itself
  const isWriting = async (): Promise<boolean> =>
    /aof_rewrite_(in_progress|scheduled):1/.test(await client.info('persistence'));
  while (await isWriting()) await pause(100);
}

/** Bytes of Redis for what waits, a message. */
async function bytesPerMessage(way: Way, jobs: number, n: number): Promise<number> {
  await using redis = await openRedis();
  const before = await redis.usedBytes();
  await fill(redis.url, jobs, () => waitingOf(way, n));
  return ((await redis.usedBytes()) - before) / (jobs * n);
}

async function memoryFigures(bench: Bench): Promise<readonly Figure[]> {
  const singles = scaled(bench, 100_000, 10_000);
  const campaigns = scaled(bench, 200, 20);
  const runs = {
    'a single message, asked about by our ids': () => bytesPerMessage('ids', singles, 1),
    'a single message, asked about by group and number': () => bytesPerMessage('numbers', singles, 1),
    'a recipient of a campaign, asked about by our ids': () => bytesPerMessage('ids', campaigns, recipients),
    'a recipient of a campaign, asked about by group and number': () =>
      bytesPerMessage('numbers', campaigns, recipients),
  };
  const samples = await inTurn(bench.rounds, runs);
  return Object.entries(samples).map(([what, bytes]) => {
    const limit = what.startsWith('a single') ? 300 : 60;
    const value = spreadOf(bytes);
    bench.progress(`${what}: ${value.median.toFixed(1)} B`);
    return {
      what: `Redis memory for the report of ${what}`,
      target: `at most ${limit} B`,
      isMet: value.median <= limit,
      unit: 'B',
      value,
      behind:
        limit === 300
          ? `${whole(singles)} single messages`
          : `${whole(campaigns)} send jobs of ${whole(recipients)} recipients`,
    };
  });
}

async function speedFigures(bench: Bench): Promise<readonly Figure[]> {
  // A little beyond the size at which Redis doubles its table of them: that costs once, and is not to fall into a round.
  const reports = scaled(bench, 1_100_000, 70_000);
  const waiting = scaled(bench, 60_000, 4_000);
  const warmUp = Math.round(waiting / 5);
  const run = (jobs: number) => async (round: number) => {
    const drained = await drainMeasured({
      world: oursAt(bench, 0),
      waiting,
      warmUp,
      counted: waiting - warmUp,
      prepare: (url) => fill(url, jobs, () => waitingOf('numbers', 1)),
    });
    const { perSecond, redisMicros } = drained;
    const words = `${whole(jobs)} waiting reports: ${whole(perSecond)}/s, ${redisMicros.toFixed(1)} µs of Redis`;
    bench.progress(`round ${round + 1}, ${words}`);
    return drained;
  };
  const { many, none } = await inTurn(bench.rounds, { many: run(reports), none: run(0) });
  const what = `${whole(reports)} messages waiting for their reports`;
  const speeds = (rounds: readonly Drained[]): number[] => rounds.map(({ perSecond }) => perSecond);
  const costs = (rounds: readonly Drained[]): number[] => rounds.map(({ redisMicros }) => redisMicros);
  const micros = (value: number): string => value.toFixed(1);
  return [
    ratioFigure(speeds(many), speeds(none), atLeast(0.95), {
      what: `${what}: messages/s`,
      to: 'none waiting',
      behind: `${spread(speeds(many), whole)} messages/s against ${spread(speeds(none), whole)} messages/s`,
    }),
    ratioFigure(costs(many), costs(none), atMost(1.2), {
      what: `${what}: Redis' CPU per message`,
      to: 'none waiting',
      behind: `${spread(costs(many), micros)} µs against ${spread(costs(none), micros)} µs`,
    }),
  ];
}

export const reportsGroup: Group = {
  name: 'reports',
  counts:
    'What waits for a delivery report: `used_memory` of Redis before and after, without the buffer of its append-only file, ' +
    'divided by the messages. And how fast messages that wait are delivered while so many others wait for their reports, ' +
    'each to be asked about within three days, against none; the first fifth is not counted for the speed.',
  async measure(bench) {
    return [...(await memoryFigures(bench)), ...(await speedFigures(bench))];
  },
};
