import { waitFor } from '../../support/wait-for.ts';
import type { Case, Evidence } from '../harness/evidence.ts';
import { killWorkers } from '../harness/kill-workers.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';

/** More would be no other, and each costs a producer the time to start anew. */
const mostProducerKills = 6;

/** Sends that a producer must have under way when it is killed. */
const enoughUnderWay = 20;

/** How long it is looked for such a moment. */
const lookingMs = 2_000;

/** Time for what has begun to leave its producer. */
const leavingMs = 100;

/** Whoever sends a batch dies in the middle of it, on either side of Redis. */
export const batchKills: Scenario = {
  name: 'batch-kills',
  title: 'SIGKILL of workers and of producers, each in the middle of batches of many sends',
  messages: 3_000,
  loadMs: 10_000,
  workers: 3,
  producers: { processes: 2, sharedShare: 0 },
  load: { atOnce: 200, campaignShare: 0, flawedShare: 0 },
  async act(world, load) {
    // Workers are never without a request for long.
    world.simulator.setLatency({ minMs: 150, maxMs: 600 });
    await Promise.all([killWorkers(world, load), killProducers(world, load)]);
  },
  expect: ({ cases }) => [...batchProblems(cases), ...repeatProblems(cases)],
};

/** Kills producers in the middle of what they send, while messages arrive. */
export async function killProducers(world: World, load: LoadState): Promise<void> {
  const chance = world.chance.fork();
  for (let kills = 0; kills < mostProducerKills && load.isArriving(); kills += 1) {
    await world.pause(chance.between(500, 2_000));
    await killProducer(world, kills % 2 === 0);
  }
}

/** Kills a producer that waits for answers. Where Redis is slow, it stores what the producer never hears of. */
async function killProducer(world: World, isRedisSlow: boolean): Promise<void> {
  const { producers, redis, chance, pause, note } = world;
  const alive = producers.alive();
  if (alive.length === 0) return;
  const victim = chance.pick(alive);
  if (isRedisSlow) redis.freeze();
  // Where Redis is not slow, a batch is under way for milliseconds, and may never be seen.
  const until = isRedisSlow ? Number.POSITIVE_INFINITY : performance.now() + lookingMs;
  const isWorthIt = (): boolean =>
    victim.hasEnded() || victim.underWay() >= enoughUnderWay || performance.now() > until;
  try {
    await waitFor(isWorthIt, { limitMs: 10_000, everyMs: 1, what: 'a producer that sends' });
    if (isRedisSlow) await pause(leavingMs);
    if (!victim.hasEnded()) note(`SIGKILL producer ${victim.number}${isRedisSlow ? ', Redis is slow' : ''}`);
    await producers.kill(victim);
  } finally {
    redis.thaw();
  }
}

/** What was tried must have been about batches, and some must have been cut. */
function batchProblems(cases: readonly Case[]): readonly string[] {
  const inBatch = cases.filter(({ jobs }) => jobs.some(({ data }) => data.joined));
  const cut = inBatch.filter(isCut);
  const parked = cut.filter(({ message }) => message.whenUncertain === 'park');
  const resent = cut.filter(({ message }) => message.whenUncertain === 'resend');
  return [
    ...(inBatch.length < 0.8 * cases.length
      ? [`${inBatch.length} of ${cases.length} messages were in a batch`]
      : []),
    ...(parked.length === 0 ? ['no batch of `park` was cut'] : []),
    ...(resent.length === 0 ? ['no batch of `resend` was cut'] : []),
  ];
}

/** One of its requests got no answer, whatever was done about that. */
const isCut = ({ jobs }: Case): boolean =>
  jobs.some(({ journal }) => journal.history.some(({ outcome }) => outcome === 'uncertain'));

function repeatProblems(cases: Evidence['cases']): readonly string[] {
  const repeated = cases.filter(({ message: { told = [] } }) => told.every(({ duplicate }) => duplicate));
  return repeated.length > 0 ? [] : ['no message was stored whose producer never heard of it'];
}
