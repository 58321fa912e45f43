import type { JobType, Queue } from 'bullmq';
import type { Event } from '../../../src/events/event.ts';
import { defaultMaxJobBytes } from '../../../src/message/job-size.ts';
import { lanes } from '../../../src/message/lane.ts';
import { openMessages } from '../../../src/operator/messages.ts';
import { type CampaignProgress, readCampaign } from '../../../src/queue/campaign.ts';
import { parseClaim } from '../../../src/queue/claims.ts';
import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import { idOf, type Journal, type Piece } from '../../../src/queue/journal.ts';
import { defaultAccount, keys } from '../../../src/queue/names.ts';
import { journalOrEmpty, parseJobResult, parseJournalText } from '../../../src/queue/parse-journal.ts';
import { withoutLost } from '../../../src/queue/pieces.ts';
import { primariesOf } from '../../../src/queue/redis-nodes.ts';
import {
  messageIdAt,
  type ParsedSendJob,
  parseJobWithin,
  parseSendJob,
  type SendJob,
  textAt,
} from '../../../src/queue/send-job.ts';
import { parseDeadLetter } from '../../../src/queue/stored-dead-letter.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import type { AcceptedMessage } from '../../../src/simulator/index.ts';
import type { MessageStatusState } from '../../../src/status/message-status.ts';
import type { SentMessage } from './load.ts';
import { placeIn } from './place.ts';
import { readStoredJobs, type StoredJob } from './stored-jobs.ts';
import { readEvents } from './told-events.ts';
import type { LogLine, WorkerProcess } from './workers.ts';
import type { World } from './world.ts';

/** A send job as it lies in the account's queue, seen from one of its messages. */
export interface JobSeen {
  readonly id: string;
  /** The message's own. */
  readonly messageId: string;
  readonly state: JobType;
  readonly data: SendJob;
  readonly journal: Journal;
  /** Set where this job says that the message was accepted; JetSMS need not have given an id. */
  readonly acceptance: Acceptance | undefined;
  /** How often this job's workers sent the message again although it may have been taken. */
  readonly resends: number;
  readonly failedReason: string | undefined;
  readonly stalls: number;
}

type Acceptance = ReturnType<typeof idOf>;

export interface DeadLetterSeen {
  readonly id: string;
  readonly letter: DeadLetter;
}

/** A line of a log. */
export interface SeenLine extends LogLine {
  /** Its worker was killed, or its primary lost, so soon after that Redis need not know what the line says. */
  readonly mayBeUntold?: boolean;
}

/** All that is known of one message, from every side. */
export interface Case {
  readonly message: SentMessage;
  /** Its send job, those of its pieces, and those of its replays. */
  readonly jobs: readonly JobSeen[];
  readonly deadLetters: readonly DeadLetterSeen[];
  /** What the provider took. */
  readonly accepted: readonly AcceptedMessage[];
  /** What the workers said of its jobs, those that were killed included, in the order of time. */
  readonly lines: readonly SeenLine[];
  /** What subscribers were told of it, in order. */
  readonly events: readonly Event[];
  /** What its status says, where somebody has tried to call it off. */
  readonly status?: MessageStatusState;
}

/** Everything that the invariants look at. */
export interface Evidence {
  readonly cases: readonly Case[];
  readonly lines: readonly LogLine[];
  /** Messages of jobs and dead letters that nobody has sent. */
  readonly strays: readonly string[];
  /** Jobs and dead letters in which no send job can be read. */
  readonly unreadable: { readonly jobs: readonly StoredJob[]; readonly letters: readonly DeadLetterSeen[] };
  readonly campaigns: readonly (CampaignProgress | undefined)[];
  /** Names that are claimed, and whose message is nowhere. */
  readonly orphans: readonly string[];
  /** What subscribers were told, in order, by the message. */
  readonly told: ReadonlyMap<string, readonly Event[]>;
  /** Messages that jobs have dropped, since their keys were taken. */
  readonly dropped: number;
}

/** Looks at the queue, the dead letters, the provider and the logs, and sorts what it sees by message. */
export async function gather(world: World, sent: readonly SentMessage[]): Promise<Evidence> {
  const maxJobBytes = Number(world.env['JETSMS_MAX_JOB_BYTES'] ?? defaultMaxJobBytes);
  const all = await Promise.all(lanes.map((lane) => readStoredJobs(world.queueOf(lane))));
  const stored = all.flat().map((job) => ({
    ...job,
    parsed: parseJobWithin(job.data, maxJobBytes),
  }));
  const found = await readDeadLetters(world.deadQueue);
  const jobs = groupByKey(stored.flatMap(jobsByMessage));
  const letters = groupByKey(found.flatMap(lettersByMessage));
  const accepted = Map.groupBy(world.simulator.accepted, keyOf);
  const lines = world.workers
    .all()
    .flatMap((worker) => linesOf(worker, world.primariesLostAt))
    .sort((a, b) => a.time.localeCompare(b.time));
  const linesById = Map.groupBy(lines, ({ id }) => id ?? '');
  const events = await readEvents(world.redis);
  const statuses = await statusesOf(world, sent);
  const cases = sent.map((message): Case => {
    const own = jobs.get(keyOf(message)) ?? [];
    return {
      message,
      jobs: own,
      deadLetters: letters.get(keyOf(message)) ?? [],
      accepted: accepted.get(keyOf(message)) ?? [],
      lines: own.flatMap(({ id }) => linesById.get(id) ?? []),
      events: [...new Set(own.map(({ messageId }) => messageId))].flatMap((id) => events.get(id) ?? []),
      ...(message.calledOff ? { status: statuses.get(message.calledOff.id) ?? 'unknown' } : {}),
    };
  });
  const known = new Set(sent.map(keyOf));
  const strays = [...jobs.keys(), ...letters.keys(), ...accepted.keys()].filter((key) => !known.has(key));
  const unreadable = {
    jobs: stored.filter(({ parsed }) => !parsed.ok),
    letters: found.filter(({ letter }) => !parseSendJob(letter.job).ok),
  };
  const dropped = stored.reduce((sum, { lost }) => sum + lost.length, 0);
  const orphans = await findOrphans(world, stored, statuses);
  const campaigns = await readCampaigns(world, sent);
  return { cases, lines, strays, unreadable, campaigns, orphans, dropped, told: events };
}

/** The states of those messages that somebody has tried to call off, by their ids. */
async function statusesOf(
  { redis }: World,
  sent: readonly SentMessage[],
): Promise<ReadonlyMap<string, MessageStatusState>> {
  const ids = sent.flatMap(({ calledOff }) => calledOff?.id ?? []);
  const { keepStatusMs } = parseSettings({ env: {} });
  const shownInEvents = { number: false, text: false };
  await using messages = openMessages({
    redis: redis.url,
    accounts: [{ account: defaultAccount, keepStatusMs, shownInEvents }],
  });
  const found = ids.length === 0 ? [] : await messages.statuses(ids);
  return new Map(found.map(({ id, state }) => [id, state]));
}

/** A claim holds the id of the message, or of the job, that has won it; of one that was called off nothing else need be left. */
async function findOrphans(
  { redis }: World,
  stored: readonly ReadJob[],
  statuses: ReadonlyMap<string, MessageStatusState>,
): Promise<readonly string[]> {
  const client = redis.client();
  const off = [...statuses].flatMap(([id, state]) =>
    state === 'cancelled' ? [id, id.replace(/\.\d+$/, '')] : [],
  );
  const there = new Set([...stored.flatMap(idsIn), ...off]);
  const orphans: string[] = [];
  const match = keys.claim(placeIn(redis).prefix, defaultAccount, '*');
  const scans = primariesOf(client).map((node) => node.scanStream({ match, count: 1_000 }));
  for await (const names of allOf(scans)) {
    const held = names.length > 0 ? await client.mget(names) : [];
    orphans.push(
      ...names.filter((_, index) => {
        const value = held[index] ?? '';
        return !there.has(parseClaim(value)?.id ?? value);
      }),
    );
  }
  return orphans;
}

async function* allOf(scans: readonly AsyncIterable<string[]>[]): AsyncGenerator<string[]> {
  for (const scan of scans) yield* scan;
}

/** The ids under which a job, and each of its messages, can be found. */
function idsIn({ id, parsed, lost }: ReadJob): readonly string[] {
  if (!parsed.ok) return [id];
  if (lost.includes(-1)) return [];
  const { job } = parsed;
  const own = job.to.flatMap((_, index) => (lost.includes(index) ? [] : [messageIdAt(id, job, index)]));
  return own.length === 0 ? [] : [id, ...own];
}

/** So long before its end a killed worker may have known what it had not yet told Redis, which was away perhaps. */
const untoldMs = 10_000;

/** A worker's lines; what may have been its last words is marked. */
function linesOf({ killedAt, lines }: WorkerProcess, lostAt: readonly number[]): readonly SeenLine[] {
  const isUntold = (at: number): boolean =>
    (killedAt !== undefined && at > killedAt - untoldMs) ||
    lostAt.some((one) => at > one - untoldMs && at < one + untoldMs);
  return lines().map((line) => ({ ...line, mayBeUntold: isUntold(Date.parse(line.time)) }));
}

const keyOf = ({ to, text }: { readonly to: string; readonly text: string }): string => `${to}|${text}`;

/** What holds several messages, by each of them. */
function groupByKey<T>(entries: readonly (readonly [key: string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

const keysIn = (job: SendJob): readonly string[] =>
  job.to.map((to, index) => keyOf({ to, text: textAt(job, index) }));

interface ReadJob extends StoredJob {
  readonly parsed: ParsedSendJob;
}

function jobsByMessage({ parsed, ...stored }: ReadJob): readonly (readonly [string, JobSeen])[] {
  if (!parsed.ok) return [];
  const { lost, cancelled } = stored;
  if (lost.includes(-1)) return [];
  // Another job has the messages whose key was used before, and none those that were called off.
  return keysIn(parsed.job).flatMap((key, index) =>
    lost.includes(index) || cancelled.includes(index)
      ? []
      : [[key, seen(stored, parsed.job, index)] as const],
  );
}

function seen({ id, state, lost, cancelled, ...stored }: StoredJob, data: SendJob, place: number): JobSeen {
  const dropped = [...lost, ...cancelled];
  const journal = journalOrEmpty(parseJournalText(stored.journal, withoutLost(id, data, dropped)));
  const index = place - dropped.filter((one) => one < place).length;
  const result = parseJobResult(stored.returnvalue);
  const piece = pieceAt(journal, index);
  const ofPiece = piece?.fate === 'again' ? piece.resends - journal.resends : 0;
  const { failedReason, stalls } = stored;
  return {
    ...{ id, messageId: messageIdAt(id, data, place), state, data, journal, failedReason, stalls },
    acceptance: result?.end === 'accepted' ? idOf(result) : (acceptedLate(journal) ?? acceptanceOf(piece)),
    resends: journal.resends - (data.before?.resends ?? 0) + ofPiece,
  };
}

/** What became of the message, where its job was divided. */
const pieceAt = ({ settled }: Journal, index: number): Piece | undefined =>
  settled?.end === 'split'
    ? settled.pieces.find(({ ranges }) => ranges.some(([from, to]) => index >= from && index < to))
    : undefined;

/** A job that ended divided keeps that result, though a late reply has shown that JetSMS took all of it. */
const acceptedLate = ({ settled }: Journal): Acceptance | undefined =>
  settled?.end === 'accepted' && settled.late ? idOf(settled) : undefined;

const acceptanceOf = (piece: Piece | undefined): Acceptance | undefined =>
  piece?.fate === 'accepted' ? idOf(piece) : undefined;

async function readDeadLetters(deadQueue: Queue): Promise<readonly DeadLetterSeen[]> {
  const stored = await readStoredJobs(deadQueue);
  return stored.map(({ id, data }) => ({ id, letter: parseDeadLetter(id, data).letter }));
}

function lettersByMessage(seen: DeadLetterSeen): readonly (readonly [string, DeadLetterSeen])[] {
  const parsed = parseSendJob(seen.letter.job);
  return parsed.ok ? keysIn(parsed.job).map((key) => [key, seen]) : [];
}

function readCampaigns(
  { redis }: World,
  sent: readonly SentMessage[],
): Promise<readonly (CampaignProgress | undefined)[]> {
  const ids = new Set(sent.flatMap(({ campaign }) => campaign ?? []));
  const client = redis.client();
  const place = placeIn(redis);
  return Promise.all([...ids].map((campaign) => readCampaign(client, { ...place, campaign })));
}
