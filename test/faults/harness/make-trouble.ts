import { skewedClock } from '../../support/process.ts';
import type { Chance } from './chance.ts';
import { enqueue, type Load, type SentMessage } from './load.ts';
import { enqueueByProcesses } from './load-by-processes.ts';
import type { LoadState, Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** Starts the scenario's workers, each with its clock. */
export async function startWorkers({ workers, clocksMs = [] }: Scenario, world: World): Promise<void> {
  const clocks = Array.from({ length: workers }, (_, n) => clocksMs[n]);
  await Promise.all(clocks.map((offsets) => world.workers.start(offsets && skewedClock(...offsets))));
}

/** Enqueues the scenario's messages, and lets it act meanwhile. Gives what the producer has confirmed. */
export async function makeTrouble(
  scenario: Scenario,
  world: World,
  chance: Chance,
): Promise<readonly SentMessage[]> {
  let arriving = true;
  let confirmed = 0;
  const load = loadOf(scenario, world, chance, (messages) => {
    confirmed += messages;
  });
  const others: SentMessage[] = [];
  const { producers: team } = scenario;
  const arrived = (team ? enqueueByProcesses(load, team, world.producers) : enqueue(load)).finally(() => {
    arriving = false;
  });
  const state: LoadState = {
    isArriving: () => arriving,
    confirmed: () => confirmed,
    alsoSent: (...messages) => void others.push(...messages),
    arrived: arrived.then(() => {}),
  };
  const [sent] = await Promise.all([arrived, scenario.act(world, state)]);
  return [...sent, ...others];
}

function loadOf(
  {
    messages,
    loadMs,
    messageTitle,
    load,
    replicasToConfirm = 0,
    isProducerOnRedisPath = false,
    isCluster = false,
  }: Scenario,
  { redis, redisPath }: World,
  chance: Chance,
  onConfirmed: (messages: number) => void,
): Load {
  return {
    messages,
    overMs: loadMs,
    chance,
    redisUrl: isProducerOnRedisPath && !isCluster ? `redis://${redisPath.host}:${redisPath.port}` : redis.url,
    onConfirmed,
    replicasToConfirm,
    ...(messageTitle === undefined ? {} : { title: messageTitle }),
    ...(load ? { shape: load } : {}),
  };
}
