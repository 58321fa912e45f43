import { waitFor } from '../../support/wait-for.ts';
import { placeIn } from '../harness/place.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import { requestTimeoutMs, type World } from '../harness/world.ts';

/** How long producer and workers may stand still for a node that died: it takes the cluster some seconds to see it. */
const goesOnWithinMs = 15_000;

/** Producer and workers go on by themselves: what is stored after the fault is confirmed, and sent. */
async function goesOn({ simulator }: World, load: LoadState, after: string): Promise<void> {
  const confirmed = load.confirmed();
  const from = Date.now() + requestTimeoutMs;
  const limit = { limitMs: goesOnWithinMs, everyMs: 20 };
  await waitFor(() => !load.isArriving() || load.confirmed() > confirmed, {
    ...limit,
    what: `after ${after}: a message that the producer stores`,
  });
  await waitFor(() => !load.isArriving() || (simulator.accepted.at(-1)?.at ?? 0) > from, {
    ...limit,
    what: `after ${after}: a message that a worker sends`,
  });
}

/** Workers say that they are ready again. */
async function green({ workers }: World, after: string): Promise<void> {
  const pages = workers
    .alive()
    .flatMap((worker) => worker.lines().find(({ msg }) => msg === 'health.listening')?.url ?? []);
  const isGreen = async (): Promise<boolean> => {
    const answers = await Promise.all(pages.map((url) => fetch(`${url}/readyz`)));
    return answers.every(({ ok }) => ok);
  };
  await waitFor(isGreen, {
    limitMs: goesOnWithinMs,
    everyMs: 100,
    what: `after ${after}: all workers green`,
  });
}

type Fault = (world: World) => Promise<void>;

const clusterOf = ({ cluster }: World) => {
  if (!cluster) throw new Error('the scenario wants a cluster');
  return cluster;
};

/** The primary of the account dies, and its replica takes over; it comes back as a replica. */
const killPrimary: Fault = async (world) => {
  const cluster = clusterOf(world);
  const { prefix } = placeIn(world.redis);
  const primary = await cluster.ownerOf(prefix);
  await primary.kill('SIGKILL');
  await waitFor(async () => (await cluster.ownerOf(prefix)) !== primary, {
    limitMs: goesOnWithinMs,
    everyMs: 50,
    what: 'the replica that takes over',
  });
  await primary.restart();
};

/** The primary of the account stands still with its connections open, until its replica has taken over and longer. */
const freezePrimary: Fault = async (world) => {
  const cluster = clusterOf(world);
  const { prefix } = placeIn(world.redis);
  const primary = await cluster.ownerOf(prefix);
  primary.freeze();
  await waitFor(async () => (await cluster.ownerOf(prefix)) !== primary, {
    limitMs: goesOnWithinMs,
    everyMs: 50,
    what: 'the replica that takes over',
  });
};

/** A planned change of places, as before an upgrade. */
const failOver: Fault = async (world) => {
  const cluster = clusterOf(world);
  const { prefix } = placeIn(world.redis);
  const primary = await cluster.ownerOf(prefix);
  const replica = await cluster.replicaOf(primary);
  await replica.client().cluster('FAILOVER');
  await waitFor(async () => (await cluster.ownerOf(prefix)) === replica, { limitMs: 10_000, everyMs: 50 });
};

/** Nobody reaches the primary of the account for a while, and the cluster does not think that it has failed. */
const cutRoad: Fault = async (world) => {
  const cluster = clusterOf(world);
  const primary = await cluster.ownerOf(placeIn(world.redis).prefix);
  const path = cluster.paths[cluster.nodes.indexOf(primary)];
  await path?.refuse();
  path?.cut();
  await world.pause(world.chance.between(500, 2_000));
  await path?.accept();
};

/** The slot of the account is moved to another primary, key by key. */
const reshard: Fault = async (world) => {
  const cluster = clusterOf(world);
  const { prefix } = placeIn(world.redis);
  const primary = await cluster.ownerOf(prefix);
  const others = await cluster.primaries();
  const target = world.chance.pick(others.filter((node) => node !== primary));
  await cluster.moveSlotOf(prefix, target, 1);
};

const faults: Readonly<Record<string, Fault>> = {
  'primary killed': killPrimary,
  resharding: reshard,
  'road to the primary cut': cutRoad,
  'planned failover': failOver,
  'primary frozen': freezePrimary,
};

/**
 * A cluster whose nodes die, change places, cannot be reached, and hand over the slot of the account, under load. Each
 * fault is over within some seconds, and nobody is started anew.
 */
export const redisCluster: Scenario = {
  name: 'redis-cluster',
  title: 'Redis Cluster: primaries killed, frozen and changed, roads cut, the slot of the account moved',
  messages: 2_000,
  loadMs: 30_000,
  workers: 3,
  isCluster: true,
  async act(world, load) {
    for (const [name, fault] of Object.entries(faults)) {
      await world.pause(world.chance.between(300, 1_000));
      world.note(name);
      await fault(world);
      await goesOn(world, load, name);
      await green(world, name);
      await clusterOf(world).heal();
    }
  },
};
