import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import { defaultAccount } from '../../../src/queue/names.ts';
import { runCli } from '../../support/process.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Case } from '../harness/evidence.ts';
import { untilHeld, untilNotHeld, untilOver } from '../harness/hold.ts';
import { tooLong } from '../harness/load.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';
import { type Incident, incidents, oftenRepeated } from './account-incidents.ts';

/** An incident that happened. Times in epoch milliseconds. */
interface Happened {
  readonly name: string;
  readonly incident: Incident;
  readonly from: number;
  /** When the account flowed again. */
  readonly until: number;
  /** Whether there was anything to send meanwhile. */
  readonly isSeen: boolean;
}

/** What happened, by world: `act` does it, `expect` judges it. */
const histories = new WeakMap<World, readonly Happened[]>();

/** Messages that are accepted between two incidents: then all go at full speed again, and no more than that. */
const between = 200;

/** An account's fault must cost one message, however many are under way, and however soon the next one comes. */
export const accountFault: Scenario = {
  name: 'account-fault',
  title:
    'Password wrong, address not allowed, 403, unknown code: at full speed, with campaigns, again and again',
  messages: 16_000,
  loadMs: 20_000,
  workers: 3,
  settings: {
    JETSMS_BATCH_SIZE: '5',
    // Nothing here is about answers that do not come: a machine that is busy must not make some.
    JETSMS_HEADERS_TIMEOUT_MS: '20000',
    JETSMS_BODY_TIMEOUT_MS: '20000',
    JETSMS_REQUEST_TIMEOUT_MS: '20000',
    JETSMS_LOCK_DURATION_MS: '60000',
  },
  load: { campaignShare: 0.25, campaignSize: 600, requestSize: 100 },
  async act(world, load) {
    const happened: Happened[] = [];
    histories.set(world, happened);
    world.simulator.setLatency({ minMs: 50, maxMs: 250 });
    while (load.isArriving()) {
      for (const name of world.chance.shuffle([...Object.keys(incidents), ...oftenRepeated])) {
        await flows(world, load);
        const incident = load.isArriving() ? incidents[name] : undefined;
        if (incident) happened.push(await happen(name, incident, world, load));
      }
    }
  },
  expect: ({ cases }, world) => [
    ...incidentProblems(cases, histories.get(world) ?? []),
    ...cases.flatMap((one) => attemptProblem(one) ?? []).slice(0, 3),
  ],
};

/** Until messages flow; where no more come, that is as good as it gets. */
async function flows(world: World, load: LoadState): Promise<void> {
  const { simulator } = world;
  const enough = simulator.accepted.length + between;
  await waitFor(() => simulator.accepted.length >= enough || !load.isArriving(), {
    limitMs: 20_000,
    what: `${between} more accepted messages`,
  });
  await untilOver(world, load);
}

/** One incident, from its cause until the account is held no more: nobody but its end lifts the hold. */
async function happen(name: string, incident: Incident, world: World, load: LoadState): Promise<Happened> {
  const { chance, note, pause } = world;
  note(name);
  const from = Date.now();
  const mend = incident.begin(world);
  const isSeen = await untilHeld(world, load, incident.reason);
  if (chance.happens(0.4)) await resume(world);
  await pause(chance.between(300, 2_000));
  mend();
  await untilNotHeld(world);
  return { name, incident, from, until: Date.now(), isSeen };
}

/** Somebody is impatient while the cause is not mended: that must cost nothing. */
async function resume({ env, note }: World): Promise<void> {
  note('jetsms resume, while it is still broken');
  const { code, stderr } = await runCli(['resume', defaultAccount], { env });
  if (code !== 0) throw new Error(`jetsms resume ended with ${code}: ${stderr}`);
}

/** Every dead letter is a witness of an incident; what the provider must refuse by itself is no fault of the account. */
function incidentProblems(cases: readonly Case[], happened: readonly Happened[]): readonly string[] {
  const all = cases.flatMap(({ deadLetters }) => deadLetters.map(({ letter }) => letter));
  const letters = all.filter(({ code }) => code !== tooLong.code);
  const witnesses = happened.map(({ incident: { code }, from, until }) =>
    letters.filter((letter) => letter.code === code && letter.diedAt >= from && letter.diedAt <= until),
  );
  const others = letters.filter((letter) => !witnesses.flat().includes(letter));
  const counted = happened.flatMap(({ name, incident, isSeen }, index) => {
    const [least, most] = incident.letters;
    const count = witnesses[index]?.length ?? 0;
    if (count <= most && (count >= least || !isSeen)) return [];
    return [`${count} dead letters by incident ${index + 1}: ${name}`];
  });
  return [
    ...counted,
    ...(others.length > 0 ? [`${others.length} dead letters by none, as ${show(others[0])}`] : []),
    ...(happened.some(({ isSeen }) => isSeen) ? [] : ['no incident was seen']),
  ];
}

const show = (letter: DeadLetter | undefined): string =>
  `${letter?.reason} ${letter?.code ?? ''} at ${letter?.diedAt}`;

/** Only what ended a message, or divided it for its own sake, may count. */
function attemptProblem({ jobs }: Case): string | undefined {
  const wrong = jobs.find(({ data, journal: { attempts, history } }) => {
    const ends = history.filter(({ verdict }) => verdict !== 'hold' && verdict !== 'defer').length;
    return (data.before?.attempts ?? 0) > 0 || attempts > ends;
  });
  return wrong && `${wrong.journal.attempts} attempts of ${wrong.id}`;
}
