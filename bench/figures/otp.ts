import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Group, oursAt, scaled } from '../bench.ts';
import { inTurn, medianOf, quantile, ratioFigure, spread, whole } from '../measure.ts';
import type { PaceTask } from '../processes/producer.ts';
import { call, openWorld, type World } from '../rig/world.ts';
import { ms, type SentAt, waitsOf } from './latency.ts';

/** A guess at what JetSMS takes; no figure is public. */
const providerMs = 50;
/** Not on the heels of each other: they would wait for connections that their own kind fills. */
const everyMs = 50;
/** OTPs that are not counted: what they need is compiled meanwhile. */
const warmUp = 20;
/** Numbers of OTPs lie beyond those of bulk. */
const firstOtp = 1_000_000;

interface Waits {
  readonly p99: number;
  readonly count: number;
}

async function otpWaits(bench: Bench, bulk: number): Promise<Waits> {
  await using world = await openWorld(oursAt(bench, providerMs));
  if (bulk > 0) {
    const app = await world.startProducer();
    await call(app, { first: 0, count: bulk, callers: 200, lane: 'bulk' });
    await app.ask('close');
  }
  const producer = await world.startProducer();
  await world.startWorker();
  if (bulk > 0) await world.answeredAt(1);
  const most = warmUp + scaled(bench, 250, 40);
  const sentAt: (readonly [number, number])[] = [];
  while (sentAt.length < most && !(await isBulkGone(world, bulk))) {
    const task: PaceTask = { first: firstOtp + sentAt.length, count: 10, everyMs, lane: 'otp' };
    sentAt.push(...(await producer.ask<SentAt>('pace', task)));
  }
  // The slowest count most: all of them are waited for.
  while ((await world.counts()).marked < sentAt.length) await pause(everyMs);
  const report = await world.report();
  const counted = sentAt.slice(warmUp).filter(([, at]) => bulk === 0 || at < report.lastUnmarkedAt);
  const waits = waitsOf(counted, report);
  if (waits.length === 0) throw new Error('bulk was gone before an OTP was counted: let more of it wait');
  return { p99: quantile(waits, 0.99), count: waits.length };
}

async function isBulkGone(world: World, bulk: number): Promise<boolean> {
  const { answered, marked } = await world.counts();
  return bulk > 0 && answered - marked >= bulk;
}

export const otpGroup: Group = {
  name: 'otp',
  counts:
    `One OTP every ${everyMs} ms, provider at ${providerMs} ms: the time from \`send()\` to the provider, once on an idle system, ` +
    'once while bulk messages that were waiting before the worker started are delivered. OTPs sent after the last bulk ' +
    'message has left are not counted, nor are the first twenty. The few that are left decide the p99: it is near the slowest.',
  async measure(bench) {
    const bulk = scaled(bench, 100_000, 40_000);
    const run = (waiting: number, words: string) => async (round: number) => {
      const waits = await otpWaits(bench, waiting);
      bench.progress(`round ${round + 1}, ${words}: p99 ${ms(waits.p99)} ms of ${waits.count} OTPs`);
      return waits;
    };
    const { idle, busy } = await inTurn(bench.rounds, {
      idle: run(0, 'idle'),
      busy: run(bulk, `under ${whole(bulk)} bulk`),
    });
    const each = (rounds: readonly Waits[]): number[] => rounds.map(({ p99 }) => p99);
    const more = each(busy).map((p99, index) => p99 - (each(idle)[index] ?? 0));
    const counts = `${whole(medianOf(busy.map(({ count }) => count)))} OTPs under bulk, ${whole(medianOf(idle.map(({ count }) => count)))} idle`;
    const figure = ratioFigure(
      each(busy),
      each(idle),
      { bound: 'at most', value: 2 },
      {
        what: `lane otp under ${whole(bulk)} waiting bulk messages against idle: p99`,
        to: 'idle, or idle + 10 ms',
        behind: `${spread(each(busy), ms)} ms against ${spread(each(idle), ms)} ms, a difference of ${spread(more, ms)} ms; ${counts}`,
      },
    );
    return [{ ...figure, isMet: figure.isMet || medianOf(more) <= 10 }];
  },
};
