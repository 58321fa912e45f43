import type { Case, Evidence } from '../harness/evidence.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { WorkerProcess } from '../harness/workers.ts';
import type { World } from '../harness/world.ts';

const second = 1_000;
const minute = 60 * second;

/** An allowed skew, to which a clock jumps in the middle; no message may leave earlier than by this. */
const smallSkewMs = 5 * second;
/** What a busy machine may take between looking at its clock and what comes of it. */
const graceMs = 1_000;

/** What the clocks are off by, one after the other, again and again. By the workers' places. */
const offsetsMs = [
  // Wrong at the start, and again each time that it was set right.
  [10 * minute, 0],
  // Wrong, and allowed.
  [-20 * second],
  // Set while messages are under way: forward, back, a little, and right again.
  [0, 10 * minute, 0, -10 * minute, 0, smallSkewMs],
] as const;
const [fast, slow, jumping] = [0, 1, 2] as const;

/** More than a run has time for. */
const rounds = 1_000;

/** A clock that is wrong concerns its machine alone. */
export const clocks: Scenario = {
  name: 'clocks',
  title: 'One clock 10 minutes fast, one 20 s slow, one that jumps while messages are under way',
  messages: 4_000,
  loadMs: 20_000,
  workers: offsetsMs.length,
  clocksMs: offsetsMs.map((round) => Array.from({ length: rounds }, () => round).flat()),
  load: { laterShare: 0.3, laterMs: 8 * second },
  async act(world, load) {
    await Promise.all([
      setClock(fast, [4_000, 7_000], world, load),
      setClock(jumping, [2_000, 4_000], world, load),
    ]);
  },
  expect: (evidence, { workers }) => [
    ...evidence.cases.flatMap((one) => early(one) ?? []).slice(0, 3),
    ...expired(evidence),
    ...holds(evidence),
    ...workers.all().flatMap((worker) => [...wordProblem(worker), ...workProblem(worker)]),
  ],
};

/** Sets a worker's clock to its next offset while messages arrive, and right in the end. */
async function setClock(
  place: typeof fast | typeof jumping,
  everyMs: readonly [from: number, to: number],
  { workers, chance: common, pause, note }: World,
  load: LoadState,
): Promise<void> {
  const chance = common.fork();
  const round = offsetsMs[place];
  let at = 0;
  while (load.isArriving() || round[at] !== 0) {
    await pause(chance.between(...everyMs));
    at = (at + 1) % round.length;
    note(`the clock of worker ${place + 1} is set: ${round[at]} ms off`);
    workers.all()[place]?.process.signal('SIGUSR2');
  }
}

/** By the provider's clock, which is right. */
function early({ message: { sendAt }, accepted }: Case): string | undefined {
  if (sendAt === undefined) return undefined;
  const first = Math.min(...accepted.map(({ at }) => at));
  if (first >= sendAt - smallSkewMs - graceMs) return undefined;
  return `${sendAt - first} ms early`;
}

function expired({ cases }: Evidence): readonly string[] {
  const letters = cases.flatMap(({ deadLetters }) => deadLetters.map(({ letter }) => letter));
  const wrong = letters.filter(({ reason }) => reason === 'expired');
  return wrong.length > 0 ? [`${wrong.length} messages expired`] : [];
}

const holds = ({ lines }: Evidence): readonly string[] =>
  lines.filter(({ msg }) => msg === 'account.probing' || msg === 'account.stopped').map(({ msg }) => msg);

/** Who is wrong says so; who is wrong by no more than is allowed does not, and works. */
function wordProblem({ number, lines }: WorkerProcess): readonly string[] {
  const said = (event: string): boolean => lines().some(({ msg }) => msg === event);
  const isWrong = number - 1 !== slow;
  if (said('clock.wrong') !== isWrong) return [`worker ${number} says the wrong thing of its clock`];
  return said('delivery.accepted') ? [] : [`worker ${number} has delivered nothing`];
}

/** While a worker says that its clock is wrong, it begins no request. All times are by its own clock. */
function workProblem({ number, lines }: WorkerProcess): readonly string[] {
  let wrongSince: number | undefined;
  const begun: string[] = [];
  for (const { msg, time, durationMs = 0 } of lines()) {
    if (msg === 'clock.wrong') wrongSince = Date.parse(time);
    else if (msg === 'clock.right') wrongSince = undefined;
    else if (wrongSince === undefined || !msg.startsWith('delivery.')) continue;
    else if (Date.parse(time) - durationMs > wrongSince + graceMs) begun.push(time);
  }
  return begun.length > 0 ? [`worker ${number} began ${begun.length} requests by a wrong clock`] : [];
}
