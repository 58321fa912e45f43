import { spellingOf } from '../../../src/jetsms/number-spelling.ts';
import { createReportClient, type ReportAnswer, type ReportRow } from '../../../src/jetsms/reports.ts';
import { eventField, type MessagesEntry, parseEventEntry } from '../../../src/queue/event-entry.ts';
import { defaultAccount, defaultPrefix, keys } from '../../../src/queue/names.ts';
import { parseWaiting } from '../../../src/queue/waiting-report.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import type { AcceptedMessage } from '../../../src/simulator/index.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Case, Evidence } from '../harness/evidence.ts';
import { acceptedIn } from '../harness/invariants.ts';
import { makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import { heal, type World } from '../harness/world.ts';
import { redisTroubles } from './redis.ts';

/** Redis goes and comes back while questions are under way, workers die between a question and what is written of it. */
const troubles: Troubles = {
  async 'a worker killed'({ workers, chance, pause }) {
    await workers.kill(chance.pick(workers.alive()));
    await pause(chance.between(0, 400));
    await workers.start();
  },
  async 'a worker restarted'({ workers, chance }) {
    await Promise.all([workers.tell(chance.pick(workers.alive())), workers.start()]);
  },
  ...Object.fromEntries(
    ['Redis killed and brought back', 'Redis frozen for a moment', 'connections to Redis cut'].map(
      (name) => [name, redisTroubles[name] ?? (() => Promise.resolve())] as const,
    ),
  ),
  async 'questions that JetSMS does not answer'({ simulator }) {
    simulator.faults.add({ kind: 'hang', times: 5, match: { on: 'report' } });
    simulator.faults.add({ kind: 'cut-reply', times: 5, match: { on: 'report' } });
    await Promise.resolve();
  },
};

/** What was seen when everything had been told, by world. */
interface Seen {
  readonly told: readonly MessagesEntry[];
  /** JetSMS's own word on a message, at the same moment. */
  readonly truthOf: (message: AcceptedMessage) => string | undefined;
}
const seenIn = new WeakMap<World, Seen>();

export const reports: Scenario = {
  name: 'reports',
  title: 'workers and Redis killed, questions unanswered, while delivery reports are asked for',
  messages: 2_000,
  loadMs: 20_000,
  workers: 3,
  settings: {
    JETSMS_REPORT_FIRST_MS: '1000',
    JETSMS_REPORT_INTERVAL_MS: '10000',
    JETSMS_REPORTS_PER_SECOND: '200',
  },
  async act(world, load) {
    const { redis, simulator } = world;
    simulator.reports.change({
      shares: { delivered: 8, failed: 1, expired: 1 },
      delay: { minMs: 0, maxMs: 8_000 },
    });
    // Somebody listens.
    await redis.client().xgroup('CREATE', stream, 'app', '$', 'MKSTREAM');
    await makeTroubles(troubles, world, load, [300, 1_500]);
    await load.arrived;
    await heal(world);
    await untilAllTold(world);
    seenIn.set(world, { told: await readEvents(world), truthOf: await askTruth(world) });
  },
  expect: reportProblems,
};

const stream = keys.events(defaultPrefix, defaultAccount);

/** A killed worker's questions are asked again when its lease is over. */
async function untilAllTold({ redis, openJobs }: World): Promise<void> {
  const client = redis.client();
  await waitFor(
    async () => {
      const members = await client.zrange(keys.reports(defaultPrefix, defaultAccount), '0', '-1');
      const open = Object.values(await openJobs()).some((count) => count > 0);
      return !open && !members.some((member) => parseWaiting(member)?.kind === 'accepted') && { done: true };
    },
    { limitMs: 120_000, everyMs: 500, what: 'the last report' },
  );
}

async function readEvents({ redis }: World): Promise<readonly MessagesEntry[]> {
  const entries = await redis.client().xrange(stream, '-', '+');
  return entries.flatMap(([, fields]) => {
    const entry = parseEventEntry(fields[fields.indexOf(eventField) + 1] ?? '');
    return entry && 'job' in entry ? [entry] : [];
  });
}

/** Asks JetSMS itself about everything that it took. */
async function askTruth({ env, simulator }: World): Promise<Seen['truthOf']> {
  const account = parseSettings({ env }).accounts.get(defaultAccount);
  if (!account) throw new Error('the scenario has no account');
  const client = createReportClient(account);
  const statuses = new Map<string, string>();
  for (const groupId of new Set(simulator.accepted.map((one) => one.groupId))) {
    for (const { number, status } of rowsOf(await client.byGroup(groupId)))
      statuses.set(`${groupId} ${spellingOf(number)}`, status);
  }
  await client.close();
  return ({ groupId, to }) => statuses.get(`${groupId} ${spellingOf(to)}`);
}

function rowsOf(answer: ReportAnswer): readonly ReportRow[] {
  if (answer.kind === 'rows') return answer.rows;
  throw new Error('the simulator does not answer');
}

const finals: readonly MessagesEntry['type'][] = [
  'message.delivered',
  'message.failed',
  'message.unconfirmed',
];

/** Every accepted message was told of once, with JetSMS's own word. */
function reportProblems({ cases }: Evidence, world: World): readonly string[] {
  const seen = seenIn.get(world);
  if (!seen) return ['the reports were not waited for'];
  const told = new Map<string, MessagesEntry[]>();
  for (const entry of seen.told.filter(({ type }) => finals.includes(type)))
    for (let n = 0; n < entry.n; n += 1) {
      const id = entry.ids?.[n] ?? (entry.n === 1 ? entry.job : `${entry.job}.${n}`);
      told.set(id, [...(told.get(id) ?? []), entry]);
    }
  const problems = cases.flatMap((one) => problemOf(one, told, seen) ?? []);
  const some = problems.length > 5 ? [`and ${problems.length - 5} more`] : [];
  return [...problems.slice(0, 5), ...some, ...(told.size === 0 ? ['nothing was told'] : [])];
}

function problemOf(
  { jobs, accepted }: Case,
  told: ReadonlyMap<string, readonly MessagesEntry[]>,
  { truthOf }: Seen,
): string | undefined {
  const [end] = acceptedIn(jobs);
  if (!end) return undefined;
  const [event, ...others] = told.get(end.messageId) ?? [];
  if (!event) return `no report of ${end.messageId} was told`;
  if (others.length > 0) return `${others.length + 1} reports of ${end.messageId} were told`;
  // What was sent again may have come to different ends.
  const [only] = accepted;
  const truth = only && accepted.length === 1 ? truthOf(only) : event.code;
  return truth === event.code ? undefined : `${end.messageId} was told as ${event.code}, and is ${truth}`;
}
