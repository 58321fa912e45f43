import { runCli, startCli } from '../../support/process.ts';
import type { Evidence } from '../harness/evidence.ts';
import { untilAllEnded } from '../harness/rest.ts';
import type { Scenario } from '../harness/scenario.ts';
import { login, type World } from '../harness/world.ts';

/** A title that the provider registers too late: every message is a dead letter first. */
const lateTitle = 'YENI';

const command = ['dead', 'replay', '--all', '--yes', '--into', 'own', '--rate', '400'];

/** Dead letters are sent again while the replay and the workers are killed, over and over. */
export const replay: Scenario = {
  name: 'replay',
  title: 'Replay of dead letters; the replay and the workers killed at random moments',
  messages: 2_000,
  loadMs: 6_000,
  workers: 3,
  messageTitle: lateTitle,
  async act(world, load) {
    const { simulator, chance, note, env } = world;
    await load.arrived;
    await untilAllEnded(world);
    simulator.accounts.update(login.username, { titles: ['DEMO', lateTitle] });
    for (let n = 0; n < 5; n += 1) {
      await cutReplay(world);
      if (chance.happens(0.6)) await replaceWorker(world);
    }
    note('replay to the end');
    const { code, stderr } = await runCli(command, { env });
    if (code !== 0) throw new Error(`the replay ended with ${code}: ${stderr}`);
  },
  expect: ({ cases }: Evidence) => {
    // What the provider must refuse is refused again.
    const fit = cases.filter(({ message }) => !message.flaw);
    const left = fit.flatMap(({ deadLetters }) =>
      deadLetters.filter(({ letter }) => letter.reason !== 'uncertain' && !letter.mayHaveArrived),
    );
    const replayed = cases.filter(({ jobs }) => jobs.some(({ data }) => data.origin !== undefined)).length;
    return [
      ...(left.length > 0 ? [`${left.length} dead letters were not replayed`] : []),
      ...(replayed === 0 ? ['nothing was replayed'] : []),
    ];
  },
};

/** Starts a replay and kills it in the middle. */
async function cutReplay({ chance, note, pause, env }: World): Promise<void> {
  await using cut = startCli(command, { env });
  await pause(chance.between(900, 2_200));
  note('SIGKILL of the replay');
  await cut.kill();
}

async function replaceWorker({ workers, chance, note }: World): Promise<void> {
  const victim = chance.pick(workers.alive());
  note(`SIGKILL worker ${victim.number}`);
  await workers.kill(victim);
  await workers.start();
}
