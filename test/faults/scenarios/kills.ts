import type { Scenario } from '../harness/scenario.ts';

/** Workers die at any moment: before, between and after every step that they take. */
export const kills: Scenario = {
  name: 'kills',
  title: 'SIGKILL of workers at random moments',
  messages: 5_000,
  loadMs: 15_000,
  workers: 3,
  async act({ chance, workers, pause, note }, load) {
    const starting: Promise<unknown>[] = [];
    while (load.isArriving()) {
      await pause(chance.between(200, 2_000));
      const alive = workers.alive();
      if (alive.length < 2) continue;
      const victim = chance.pick(alive);
      note(`SIGKILL worker ${victim.number}`);
      await workers.kill(victim);
      await pause(chance.between(0, 400));
      starting.push(workers.start());
    }
    await Promise.all(starting);
  },
};
