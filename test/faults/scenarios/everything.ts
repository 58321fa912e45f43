import type { Scenario, Troubles } from '../harness/scenario.ts';
import { makeTroubles } from '../harness/scenario.ts';
import { login } from '../harness/world.ts';
import { networkTroubles, rules } from './provider-network.ts';
import { redisTroubles } from './redis.ts';

const workerTroubles: Troubles = {
  async 'SIGKILL of a worker'({ workers, chance }) {
    const alive = workers.alive();
    if (alive.length < 2) return;
    await workers.kill(chance.pick(alive));
    await workers.start();
  },
  async 'SIGTERM of a worker'({ workers, chance }) {
    const alive = workers.alive();
    if (alive.length < 2) return;
    await Promise.all([workers.tell(chance.pick(alive)), workers.start()]);
  },
  async 'credit gone, and back'({ simulator, pause, chance }) {
    simulator.accounts.update(login.username, { credit: 0 });
    await pause(chance.between(1_000, 3_000));
    simulator.accounts.update(login.username, { credit: Number.POSITIVE_INFINITY });
  },
};

/** All that the other scenarios do, at the same time: what each survives alone, two together may not. */
export const everything: Scenario = {
  name: 'everything',
  title: 'All of it at the same time',
  messages: 2_000,
  loadMs: 25_000,
  workers: 3,
  settings: { JETSMS_UNREACHABLE_AFTER: '30' },
  async act(world, load) {
    for (const rule of rules) world.simulator.faults.add(rule);
    const apart = () => ({ ...world, chance: world.chance.fork() });
    await Promise.all([
      makeTroubles(workerTroubles, apart(), load, [500, 3_000]),
      makeTroubles(networkTroubles, apart(), load, [500, 3_000]),
      makeTroubles(redisTroubles, apart(), load, [1_000, 5_000]),
    ]);
  },
};
