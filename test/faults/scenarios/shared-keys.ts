import { waitFor } from '../../support/wait-for.ts';
import type { Evidence } from '../harness/evidence.ts';
import { type LoadState, makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';
import { redisTroubles } from './redis.ts';

/** What is over before its end is seen leaves more time for others. */
const isShort = (name: string): boolean => !/longer than a lock|refuses|for a moment/.test(name);

const troubles: Troubles = {
  ...Object.fromEntries(Object.entries(redisTroubles).filter(([name]) => isShort(name))),
  'answers of Redis lost': loseAnswers,
  'answers of Redis lost, again': loseAnswers,
  async 'SIGKILL of a worker'({ workers, chance }) {
    await workers.kill(chance.pick(workers.alive()));
    await workers.start();
  },
  async 'SIGKILL of a producer'({ producers, chance }) {
    const alive = producers.alive();
    if (alive.length > 0) await producers.kill(chance.pick(alive));
  },
};

/** Sends that a producer must have under way when its answers are lost. */
const enoughUnderWay = 20;

/** So long an answer is on its way then. */
const answerMs = 100;

/** Redis stores what was sent, and nobody hears of it: the producers write it once more. */
async function loseAnswers({ redisPath, producers, pause, chance }: World, load: LoadState): Promise<void> {
  const isSending = () => producers.alive().some((one) => one.underWay() >= enoughUnderWay);
  const limit = { limitMs: 10_000, everyMs: 1, what: 'a producer that sends' };
  redisPath.delay(answerMs, 'down');
  await waitFor(() => isSending() || !load.isArriving(), limit);
  // The first sends of a kind go alone, and the others when those are answered.
  await pause(chance.between(0, 2 * answerMs));
  redisPath.cut();
  redisPath.resume();
}

/** Who is first to use a key is decided once, in whatever batches it lies and whatever happens meanwhile. */
export const sharedKeys: Scenario = {
  name: 'shared-keys',
  title:
    'The same keys from three producers at once, in different batches; Redis and connections broken, workers and producers killed',
  messages: 1_000,
  loadMs: 10_000,
  workers: 2,
  producers: { processes: 3, sharedShare: 0.6 },
  isProducerOnRedisPath: true,
  load: { atOnce: 80, campaignShare: 0 },
  act: (world, load) => makeTroubles(troubles, world, load, [100, 600]),
  expect: ({ cases, dropped }: Evidence) => {
    const shared = cases.filter(({ message: { told = [] } }) => told.length > 1).length;
    return [
      ...(shared < 0.5 * cases.length ? [`${shared} of ${cases.length} messages had several senders`] : []),
      ...(dropped === 0 ? ['no batch had a message whose key was taken'] : []),
    ];
  },
};
