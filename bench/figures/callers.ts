import { type Bench, contenderWords, type Group, scaled } from '../bench.ts';
import { atLeast, atMost, type Figure, inTurn, medianOf, ratioFigure, spread, whole } from '../measure.ts';
import type { Contender } from '../rig/world.ts';
import { bestConcurrency, type Round, runRound, worldOf } from './round.ts';

const contenders = ['ours', 'plain', 'bee'] as const;
export type Rounds = Readonly<Record<Contender, readonly Round[]>>;

/** Rounds of all contenders in turn. */
export async function roundsOf(
  bench: Bench,
  providerMs: number,
  work: { readonly apps: number; readonly callers: number; readonly messages: number },
): Promise<Rounds> {
  const worlds = new Map<Contender, Awaited<ReturnType<typeof worldOf>>>();
  for (const contender of contenders) worlds.set(contender, await worldOf(bench, contender, providerMs));
  const run = (contender: Contender) => async (round: number) => {
    const world = worlds.get(contender) ?? (await worldOf(bench, contender, providerMs));
    const result = await runRound({ ...world, ...work, warmUp: Math.round(work.messages / 4) });
    const { perSecond, cpu, redisCpu } = result;
    bench.progress(
      `round ${round + 1}, ${contenderWords[contender]}: ${whole(perSecond)}/s, ${whole(cpu)} µs of CPU per message, ${whole(redisCpu)} of it Redis`,
    );
    return result;
  };
  return inTurn(bench.rounds, { ours: run('ours'), plain: run('plain'), bee: run('bee') });
}

export const pick = (rounds: readonly Round[], key: keyof Round): number[] =>
  rounds.map((round) => round[key]);

/** The absolute numbers of each contender. */
export const absolutes = (rounds: Rounds, write: (rounds: readonly Round[]) => string): string =>
  contenders.map((contender) => `${contenderWords[contender]} ${write(rounds[contender])}`).join(', ');

export const cpuWords = (rounds: readonly Round[]): string => {
  const part = (key: keyof Round): string => whole(medianOf(pick(rounds, key)));
  return `${spread(pick(rounds, 'cpu'), whole)} µs: producer ${part('producerCpu')}, worker ${part('workerCpu')}, Redis ${part('redisCpu')}`;
};

async function callersAt(bench: Bench, providerMs: number): Promise<readonly Figure[]> {
  const messages = scaled(bench, 40_000, 1_000);
  const rounds = await roundsOf(bench, providerMs, { apps: 1, callers: 200, messages });
  const { ours, plain, bee } = rounds;
  const best = async (contender: Contender) => bestConcurrency(bench, contender, providerMs);
  const jobs = `plain at ${await best('plain')} jobs at once, bee-queue at ${await best('bee')}`;
  const words = `200 callers, provider at ${providerMs} ms`;
  const speeds = `${absolutes(rounds, (each) => `${spread(pick(each, 'perSecond'), whole)} messages/s`)}; ${jobs}`;
  const speed = { what: `${words}: messages/s`, behind: speeds };
  const cpu = { what: `${words}: CPU per message`, behind: absolutes(rounds, cpuWords) };
  const redis = {
    what: `${words}: Redis' CPU per message`,
    behind: absolutes(rounds, (each) => `${spread(pick(each, 'redisCpu'), (value) => value.toFixed(1))} µs`),
  };
  const all = (key: keyof Round) => ({ ours: pick(ours, key), plain: pick(plain, key), bee: pick(bee, key) });
  const perSecond = all('perSecond');
  const figures = [
    ratioFigure(perSecond.ours, perSecond.plain, atLeast(8), { ...speed, to: 'plain' }),
    ratioFigure(perSecond.ours, perSecond.bee, atLeast(4), { ...speed, to: 'bee-queue' }),
    ratioFigure(all('cpu').ours, all('cpu').plain, atMost(0.2), { ...cpu, to: 'plain' }),
    ratioFigure(all('redisCpu').ours, all('redisCpu').plain, atMost(0.15), { ...redis, to: 'plain' }),
  ];
  return [...figures, logLines(words, messages, ours)];
}

/** That the log was really written, and is in the figures above. */
function logLines(words: string, messages: number, ours: readonly Round[]): Figure {
  const lines = pick(ours, 'attemptLines');
  const requests = pick(ours, 'requests');
  const figure = ratioFigure(lines, requests, atLeast(1), {
    what: `${words}: log lines about attempts, per request`,
    to: 'requests',
    behind: `${whole(medianOf(lines))} lines and ${whole(medianOf(requests))} requests in a round of ${whole(messages)} messages, its warm-up included`,
  });
  return { ...figure, target: 'at least one line per attempt, included above' };
}

export const callersGroup: Group = {
  name: 'callers',
  counts:
    'Two hundred callers in one process, each awaiting `send()` and then calling again, while one worker delivers. ' +
    'Messages/s: from the first call to the last answer of the provider. CPU: all of the producer, the worker and Redis ' +
    '(its children too), from before the first call until half a second after the last answer, so that what is written ' +
    'afterwards counts. Each message has its own number, text and idempotency key. Before it, a quarter as many messages ' +
    'warm up and are not counted. The log of ours is written to a file; the others log nothing.',
  async measure(bench) {
    return [...(await callersAt(bench, 0)), ...(await callersAt(bench, 50))];
  },
};
