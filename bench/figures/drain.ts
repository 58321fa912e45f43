import type { SendingChoices } from '../contenders/message.ts';
import type { ProviderReport } from '../processes/stub-provider.ts';
import { call, openWorld, type WorldChoices } from '../rig/world.ts';

export interface DrainChoices extends SendingChoices {
  readonly world: WorldChoices;
  /** Messages that wait when the worker starts. */
  readonly waiting: number;
  /** Messages that are not counted, then those that are. */
  readonly warmUp: number;
  readonly counted: number;
  /** What Redis holds besides. */
  readonly prepare?: (redisUrl: string) => Promise<void>;
}

/** Messages a second between two points of what the provider saw. */
export function speedBetween(series: ProviderReport['series'], from: number, to: number): number {
  const first = series.find(([, answered]) => answered >= from);
  const last = series.find(([, answered]) => answered >= to);
  if (!first || !last || first === last) return Number.NaN;
  return (last[1] - first[1]) / ((last[0] - first[0]) / 1_000);
}

export interface Drained {
  readonly perSecond: number;
  /** CPU time of Redis per message from the start of the worker on, in microseconds. */
  readonly redisMicros: number;
}

/** How fast a worker delivers messages that were sent, one by one, before it started, and what that costs Redis. */
export async function drainMeasured({
  world: choices,
  waiting,
  warmUp,
  counted,
  prepare,
  ...sending
}: DrainChoices): Promise<Drained> {
  await using world = await openWorld(choices);
  await prepare?.(world.redis.url);
  const app = await world.startProducer();
  await call(app, { first: 0, count: waiting, callers: 200, ...sending });
  await app.ask('close');
  const before = await world.redis.cpuSeconds();
  await world.startWorker();
  await world.answeredAt(warmUp + counted);
  const redisMicros = (((await world.redis.cpuSeconds()) - before) * 1e6) / (warmUp + counted);
  const { series } = await world.report();
  return { perSecond: speedBetween(series, warmUp, warmUp + counted), redisMicros };
}

export const drain = async (choices: DrainChoices): Promise<number> =>
  (await drainMeasured(choices)).perSecond;
