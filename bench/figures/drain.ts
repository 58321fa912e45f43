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

/** How fast a worker delivers messages that were sent, one by one, before it started. */
export async function drain({
  world: choices,
  waiting,
  warmUp,
  counted,
  prepare,
  ...sending
}: DrainChoices): Promise<number> {
  await using world = await openWorld(choices);
  await prepare?.(world.redis.url);
  const app = await world.startProducer();
  await call(app, { first: 0, count: waiting, callers: 200, ...sending });
  await app.ask('close');
  await world.startWorker();
  await world.answeredAt(warmUp + counted);
  const { series } = await world.report();
  return speedBetween(series, warmUp, warmUp + counted);
}
