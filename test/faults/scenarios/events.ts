import type { Got } from '../harness/consumers.ts';
import type { Evidence } from '../harness/evidence.ts';
import { killWorkers } from '../harness/kill-workers.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';
import { killProducers } from './batch-kills.ts';

/** Whoever writes, causes or reads events dies in the middle of it. */
export const events: Scenario = {
  name: 'events',
  title: 'SIGKILL of workers, of producers and of consumers of events at random moments',
  messages: 3_000,
  loadMs: 12_000,
  workers: 3,
  producers: { processes: 2, sharedShare: 0 },
  load: { atOnce: 50, campaignShare: 0 },
  // What is told must be at its end when it is compared with what came.
  settings: { JETSMS_REPORTS: 'none' },
  async act(world, load) {
    for (let n = 0; n < 2; n += 1) world.consumers.start();
    await Promise.all([killWorkers(world, load), killProducers(world, load), killConsumers(world, load)]);
  },
  async expect({ told }, { consumers }) {
    await consumers.caughtUp([...told.values()].flat().length);
    return problemsOf(told, consumers.got());
  },
};

async function killConsumers(world: World, load: LoadState): Promise<void> {
  const chance = world.chance.fork();
  while (load.isArriving()) {
    await world.pause(chance.between(500, 1_500));
    world.note('SIGKILL of the consumer that reads');
    await world.consumers.replaceReader();
  }
}

/** As many as a day of a company has: runs only where it is asked for by name. */
export const eventsLong: Scenario = { ...events, name: 'events-50000', messages: 50_000, loadMs: 150_000 };

/** Each event came, and those of a message in their order, for a consumer that drops what it knows. */
function problemsOf(told: Evidence['told'], got: readonly Got[]): readonly string[] {
  const first = [...new Set(got.map(({ id }) => id))];
  const places = new Map(first.map((id, place) => [id, place]));
  const all = new Set([...told.values()].flat().map(({ id }) => id));
  const missing = [...all].filter((id) => !places.has(id));
  const strange = first.filter((id) => !all.has(id));
  const disordered = [...told.values()].filter((own) => {
    const order = [...new Set(own.map(({ id }) => id))].map((id) => places.get(id) ?? -1);
    return order.some((place, index) => index > 0 && place < (order[index - 1] ?? 0));
  });
  return [
    ...(all.size === 0 ? ['nothing was told'] : []),
    ...(missing.length > 0 ? [`${missing.length} events never came: ${missing.slice(0, 3).join(', ')}`] : []),
    ...(strange.length > 0 ? [`${strange.length} events came that nobody wrote: ${strange[0]}`] : []),
    ...(disordered.length > 0 ? [`the events of ${disordered.length} messages came in another order`] : []),
    ...(got.length === first.length ? ['no consumer was killed with events in hand'] : []),
  ];
}
