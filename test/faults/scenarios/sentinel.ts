import type { Redis } from 'ioredis';
import { type GroupServer, groupName, type RedisGroup } from '../../support/redis-group.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';
import { goesOn } from './redis-failover.ts';

/** How long after another primary is there producers and workers may stand still, and a worker be red. */
const greenWithinMs = 15_000;

/** One way to lose a primary; what it returns brings the old one back. */
type Loss = (before: GroupServer, group: RedisGroup) => Promise<() => Promise<void>>;

const losses: Readonly<Record<string, Loss>> = {
  async 'primary killed'({ redis }) {
    await redis.kill('SIGKILL');
    return () => redis.restart();
  },
  async 'failover ordered'(_before, { sentinels: [sentinel] }) {
    const order = () => sentinel?.client().call('SENTINEL', 'FAILOVER', groupName);
    // Right after another failover the Sentinel says no.
    await waitFor(() => order()?.then(() => true), { limitMs: 10_000, everyMs: 200 });
    return async () => {};
  },
  async 'the road to the primary silent'({ road }) {
    road.stall();
    return async () => road.resume();
  },
  // Apps that are connected already go on writing to it, until Sentinels tell them of another.
  async 'primary cut off from replicas and Sentinels'({ redis, road }) {
    await road.refuse();
    await dropOthers(redis.client());
    return () => road.accept();
  },
};

/** Ends the connections of replicas and Sentinels, and of nobody else. */
async function dropOthers(client: Redis): Promise<void> {
  await client.call('CLIENT', 'KILL', 'TYPE', 'replica');
  const list = String(await client.call('CLIENT', 'LIST'));
  for (const line of list.split('\n')) {
    const id = /^id=(\d+) .* name=sentinel-/.exec(line)?.[1];
    if (id !== undefined) await client.call('CLIENT', 'KILL', 'ID', id);
  }
}

async function loseThePrimary(name: string, world: World, load: LoadState): Promise<void> {
  const { group, note } = world;
  const loss = losses[name];
  if (!group || !loss) throw new Error('no group, or no such loss');
  // A server that is back and has not been told yet that it is a replica may be made the primary by the next failover.
  await group.whole();
  const before = await group.primary();
  note(name);
  world.lostPrimary();
  const bringBack = await loss(before, group);
  await group.turnedFrom(before);
  note('another primary');
  await bringBack();
  await group.follow(before);
  await goesOn(world, load, greenWithinMs);
  await areGreen(world);
}

/** No worker was restarted for it. */
async function areGreen({ workers }: World): Promise<void> {
  for (const worker of workers.alive()) {
    const url = worker.lines().find(({ msg }) => msg === 'health.listening')?.url;
    const isGreen = async (): Promise<boolean> => (await fetch(new URL('/readyz', url))).ok;
    await waitFor(isGreen, {
      limitMs: greenWithinMs,
      everyMs: 50,
      what: `worker ${worker.number} being green`,
    });
  }
}

async function act(world: World, load: LoadState): Promise<void> {
  const [first] = world.group?.sentinels ?? [];
  while (load.isArriving())
    for (const name of world.chance.shuffle(Object.keys(losses))) {
      if (!load.isArriving()) return;
      await loseThePrimary(name, world, load);
      // Two of three go on.
      await first?.kill();
      await first?.restart();
    }
}

const behindSentinels: Omit<Scenario, 'name' | 'title'> = {
  messages: 1_200,
  loadMs: 16_000,
  workers: 3,
  isBehindSentinels: true,
  act,
};

/**
 * Every way to lose a primary. With the word of all replicas for each store and each request nothing is lost and nothing sent
 * twice. The word of one of two would not do: an ordered failover makes one the primary while the other still follows the old
 * one, and answers it.
 */
export const sentinel: Scenario = {
  ...behindSentinels,
  name: 'sentinel',
  title: 'Primary behind Sentinels killed, changed, cut off; replicasToConfirm 2',
  settings: { JETSMS_REPLICAS_TO_CONFIRM: '2' },
  replicasToConfirm: 2,
};

/**
 * The same without asking replicas: what a failover then loses is counted, and this is for that number alone. Runs only where it is
 * asked for by name.
 */
export const sentinelUnconfirmed: Scenario = {
  ...behindSentinels,
  name: 'sentinel-unconfirmed',
  title: 'Primary behind Sentinels killed, changed, cut off; replicasToConfirm 0',
};
