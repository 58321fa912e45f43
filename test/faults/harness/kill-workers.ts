import type { LoadState } from './scenario.ts';
import type { World } from './world.ts';

/** Kills a worker now and then, while messages arrive. */
export async function killWorkers(
  { workers, chance: common, pause, note }: World,
  load: LoadState,
): Promise<void> {
  const chance = common.fork();
  const starting: Promise<unknown>[] = [];
  while (load.isArriving()) {
    await pause(chance.between(200, 2_000));
    const alive = workers.alive();
    if (alive.length < 2) continue;
    const victim = chance.pick(alive);
    note(`SIGKILL worker ${victim.number}`);
    await workers.kill(victim);
    await pause(chance.between(0, 400));
    const start = workers.start();
    start.catch(() => {}); // awaited below; where the scenario ends before that, this must not hide why
    starting.push(start);
  }
  await Promise.all(starting);
}
