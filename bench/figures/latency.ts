import { type Bench, type Group, scaled } from '../bench.ts';
import type { SendingChoices } from '../contenders/message.ts';
import { atMost, type Figure, inTurn, quantile, ratioFigure, spread } from '../measure.ts';
import type { PaceTask } from '../processes/producer.ts';
import type { ProviderReport } from '../processes/stub-provider.ts';
import { type Contender, openWorld } from '../rig/world.ts';
import { worldOf } from './round.ts';

const everyMs = 20;

export type SentAt = readonly (readonly [mark: number, at: number])[];

/** From `send()` to the provider, for each marked message that arrived. */
export function waitsOf(sentAt: SentAt, { marks }: Pick<ProviderReport, 'marks'>): readonly number[] {
  const arrived = new Map(marks);
  return sentAt.flatMap(([mark, at]) => {
    const arrival = arrived.get(mark);
    return arrival === undefined ? [] : [arrival - at];
  });
}

export const ms = (value: number): string => value.toFixed(2);

/** One message every 20 ms, and nothing else. */
async function idleWaits(
  bench: Bench,
  contender: Contender,
  choices: SendingChoices,
): Promise<readonly number[]> {
  await using world = await openWorld(await worldOf(bench, contender, 0));
  await world.startWorker();
  const producer = await world.startProducer();
  const warmUp = scaled(bench, 200, 30);
  const count = scaled(bench, 500, 50);
  const pace = (task: Pick<PaceTask, 'first' | 'count'>) =>
    producer.ask<SentAt>('pace', { everyMs, ...choices, ...task } satisfies PaceTask);
  await pace({ first: 0, count: warmUp });
  await world.answeredAt(warmUp);
  const sentAt = await pace({ first: warmUp, count });
  await world.answeredAt(warmUp + count);
  return waitsOf(sentAt, await world.report());
}

export const latencyGroup: Group = {
  name: 'latency',
  counts:
    'One caller that sends a message every 20 ms to an idle system, provider at 0 ms: the time from the call of `send()` to ' +
    "the request's arrival at the provider, by one clock of the machine. Warm-up is not counted; CPU is not either.",
  async measure(bench) {
    // Tried before the rounds, not within the first of them.
    for (const contender of ['plain', 'bee'] as const) await worldOf(bench, contender, 0);
    const run = (contender: Contender, choices: SendingChoices, words: string) => async (round: number) => {
      const waits = await idleWaits(bench, contender, choices);
      const at = { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) };
      bench.progress(`round ${round + 1}, ${words}: p50 ${ms(at.p50)} ms, p99 ${ms(at.p99)} ms`);
      return at;
    };
    const { otp, byDefault, plain, bee } = await inTurn(bench.rounds, {
      otp: run('ours', { lane: 'otp' }, 'ours, lane otp'),
      byDefault: run('ours', {}, 'ours, default lane'),
      plain: run('plain', {}, 'plain'),
      bee: run('bee', {}, 'bee-queue'),
    });
    const figure = (ours: typeof otp, lane: string, limit: number, key: 'p50' | 'p99'): Figure => {
      const each = (rounds: typeof otp): number[] => rounds.map((round) => round[key]);
      return ratioFigure(each(ours), each(plain), atMost(limit), {
        what: `one caller, idle, \`send()\` to provider, ${lane}: ${key}`,
        to: 'plain',
        behind: `ours ${spread(each(ours), ms)} ms, plain ${spread(each(plain), ms)} ms, bee-queue ${spread(each(bee), ms)} ms`,
      });
    };
    return [
      figure(otp, 'lane otp', 1.2, 'p50'),
      figure(otp, 'lane otp', 1.2, 'p99'),
      figure(byDefault, 'default lane', 1.5, 'p50'),
      figure(byDefault, 'default lane', 1.5, 'p99'),
    ];
  },
};
