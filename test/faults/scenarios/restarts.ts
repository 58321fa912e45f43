import type { Evidence } from '../harness/evidence.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { WorkerProcess } from '../harness/workers.ts';
import type { World } from '../harness/world.ts';

/** Exit codes of workers that were told to end, by world: `act` sees them, `expect` judges them. */
const exitCodes = new WeakMap<World, (number | null)[]>();

/** Workers are told to end, and replaced, all the time: a deployment that never stops. */
export const restarts: Scenario = {
  name: 'restarts',
  title: 'SIGTERM in the middle of everything; rolling restarts',
  messages: 3_000,
  loadMs: 15_000,
  workers: 3,
  async act(world, load) {
    const { chance, pause } = world;
    const codes: (number | null)[] = [];
    exitCodes.set(world, codes);
    const rolling: Promise<void>[] = [];
    while (load.isArriving()) {
      await pause(chance.between(200, 1_500));
      const [oldest] = world.workers.alive();
      if (!oldest) continue;
      rolling.push(replace(world, chance.happens(0.5) ? oldest : chance.pick(world.workers.alive()), codes));
    }
    await Promise.all(rolling);
  },
  expect(evidence, world) {
    return [...codeProblems(exitCodes.get(world) ?? []), ...traces(evidence)];
  },
};

async function replace(
  { workers, note }: World,
  worker: WorkerProcess,
  codes: (number | null)[],
): Promise<void> {
  note(`SIGTERM worker ${worker.number}`);
  const ended = workers.tell(worker);
  await workers.start();
  codes.push(await ended);
}

const codeProblems = (codes: readonly (number | null)[]): readonly string[] =>
  codes.filter((code) => code !== 0).map((code) => `a worker that was told to end ended with ${code}`);

/** A soft end leaves no trace: nothing uncertain, nothing sent again, nothing given up. */
function traces({ cases, lines }: Evidence): readonly string[] {
  const uncertain = lines.filter(({ outcome }) => outcome === 'uncertain').length;
  const dead = cases.filter(({ message, deadLetters }) => !message.flaw && deadLetters.length > 0).length;
  const twice = cases.filter(({ accepted }) => accepted.length > 1).length;
  return [
    ...(uncertain > 0 ? [`${uncertain} uncertain attempts`] : []),
    ...(dead > 0 ? [`${dead} dead letters`] : []),
    ...(twice > 0 ? [`${twice} messages accepted twice`] : []),
  ];
}
