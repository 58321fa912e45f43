import type { DeadLetterStore } from '../../bullmq/dead-letter-store.ts';
import type { FoundJob, JobFinder } from '../../bullmq/find-job.ts';
import { emptyJournal, endOfPiece, type Piece, type Settled } from '../../queue/journal.ts';
import { originIdsOf } from '../../queue/origins.ts';
import { type ParsedJournal, parseJobResult, parseJournalText } from '../../queue/parse-journal.ts';
import { jobOfRecord, pieceId, placeAmongLeft, subJob } from '../../queue/pieces.ts';
import { type ParsedSendJob, parseSendJob, type SendJob } from '../../queue/send-job.ts';
import type { StoredDeadLetter } from '../../queue/stored-dead-letter.ts';
import { finishedJournal } from '../../worker/verdict/journal-entries.ts';
import { callRedis } from '../operator-error.ts';

/**
 * Where a message is. `divided`: its send job had many messages that went different ways. `duplicate`: its idempotency key had been
 * used before, so it was not sent. `cancelled`: it was called off before that. `given-up`: it has ended, and its dead letter is gone. `forgotten`: nothing is left of it in Redis, because it ended long ago or its dead letter was discarded.
 */
export type MessageState =
  | 'waiting'
  | 'delayed'
  | 'active'
  | 'accepted'
  | 'divided'
  | 'duplicate'
  | 'cancelled'
  | 'dead-letter'
  | 'replayed'
  | 'given-up'
  | 'forgotten';

export interface TracedMessage {
  readonly id: string;
  readonly state: MessageState;
}

/** All that Redis still knows of one message. */
export interface MessageTrace extends TracedMessage {
  /** Its dead letter, while that lies there. */
  readonly letter?: StoredDeadLetter;
  /** Its send job and journal, while the account's queue keeps them. */
  readonly job?: { readonly job: ParsedSendJob; readonly journal: ParsedJournal };
  /** The messages that it repeats, the first of the chain first. */
  readonly origins: readonly TracedMessage[];
  /** What it was replayed as, and what that was replayed as, and so on. */
  readonly replays: readonly TracedMessage[];
  /** What it was divided into. */
  readonly pieces: readonly TracedMessage[];
}

export interface TraceTools {
  readonly store: DeadLetterStore;
  readonly finder: Pick<JobFinder, 'find'>;
}

/** Follows a message to both sides; undefined where Redis knows nothing of it. */
export async function traceMessage(id: string, tools: TraceTools): Promise<MessageTrace | undefined> {
  const [letter] = await tools.store.read([id]);
  const place = await placeOf(id, tools);
  const replays = await replaysOf(id, tools);
  if (!letter && !place && replays.length === 0) return undefined;
  const kept = place && ownOf(id, place);
  const parsed = letter?.job ?? kept?.job;
  const origins = parsed?.ok && parsed.job.origin ? originIdsOf(parsed.job.origin) : [];
  return {
    ...(await stateOf(id, tools)),
    ...(letter ? { letter } : {}),
    ...(kept ? { job: kept } : {}),
    origins: await Promise.all(origins.map((origin) => stateOf(origin, tools))),
    replays,
    pieces: place && place.index === undefined ? await piecesOf(id, place.found, tools) : [],
  };
}

/** The send job that a message lies in: one of its own, or a place among others. */
interface Place {
  readonly found: FoundJob;
  readonly index?: number;
}

async function placeOf(id: string, { finder }: TraceTools): Promise<Place | undefined> {
  const own = await callRedis(() => finder.find(id));
  if (own) return { found: own };
  const [, base, count] = /^(.+)\.(\d{1,5})$/.exec(id) ?? [];
  if (base === undefined) return undefined;
  const found = await callRedis(() => finder.find(base));
  const job = found && sendJobOf(found);
  const index = Number(count);
  return found && job?.joined && index < job.to.length ? { found, index } : undefined;
}

function sendJobOf({ job }: FoundJob): SendJob | undefined {
  const parsed = job === 'unreadable' ? undefined : parseSendJob(job.data);
  return parsed?.ok ? parsed.job : undefined;
}

function keptOf({ job, record }: FoundJob): NonNullable<MessageTrace['job']> {
  if (job === 'unreadable') return { job: unreadable, journal: unreadable };
  const read = parseJournalText(record.journal);
  const journal: ParsedJournal = read.ok ? { ok: true, journal: finishedJournal(read.journal, job) } : read;
  return { job: parseSendJob(job.data), journal };
}

/** Of a message that lies among others: its own number, text and end, and nobody else's. */
function ownOf(id: string, place: Place): NonNullable<MessageTrace['job']> {
  const { found, index } = place;
  const { job, journal } = keptOf(found);
  if (index === undefined || !job.ok) return { job, journal };
  const own: ParsedSendJob = { ok: true, job: subJob(id, job.job, [[index, index + 1]]) };
  const { settled, ...way } = journal.ok ? journal.journal : emptyJournal;
  if (!journal.ok || settled?.end !== 'split') return { job: own, journal };
  const piece = pieceAt(place, settled);
  const end = piece && endOfPiece(piece, settled.at);
  return { job: own, journal: { ok: true, journal: { ...way, ...(end ? { settled: end } : {}) } } };
}

/** What a message of a divided job went into; undefined where it was a duplicate, or called off. */
const pieceAt = ({ found, index = 0 }: Place, settled: SettledSplit): Piece | undefined =>
  settled.pieces[placeAmongLeft(index, found.record)];

const unreadable = { ok: false, problem: 'what lies in the queue is not the JSON of a job' } as const;

type SettledSplit = Extract<Settled, { readonly end: 'split' }>;

/** How a job has ended, as far as it has. */
function settledOf(found: FoundJob): Settled | undefined {
  const { journal } = keptOf(found);
  return journal.ok ? journal.journal.settled : undefined;
}

async function piecesOf(id: string, found: FoundJob, tools: TraceTools): Promise<readonly TracedMessage[]> {
  const settled = settledOf(found);
  if (settled?.end !== 'split') return [];
  const job = sendJobOf(found);
  const kept = job && jobOfRecord(id, job, found.record);
  return Promise.all(
    settled.pieces.map(async ({ fate }, index) => {
      const piece = pieceId(id, index, kept);
      return fate === 'accepted' ? { id: piece, state: 'accepted' } : stateOf(piece, tools);
    }),
  );
}

async function replaysOf(id: string, tools: TraceTools): Promise<readonly TracedMessage[]> {
  const replays: TracedMessage[] = [];
  let next = await tools.store.replayedAs(id);
  while (next !== undefined && !replays.some((replay) => replay.id === next)) {
    replays.push(await stateOf(next, tools));
    next = await tools.store.replayedAs(next);
  }
  return replays;
}

async function stateOf(id: string, tools: TraceTools): Promise<TracedMessage> {
  const { store } = tools;
  const [letter] = await store.read([id]);
  if (letter) return { id, state: 'dead-letter' };
  const place = await placeOf(id, tools);
  const state = place ? stateAt(place) : 'forgotten';
  const isOver = state === 'given-up' || state === 'forgotten';
  if (isOver && (await store.replayedAs(id)) !== undefined) return { id, state: 'replayed' };
  return { id, state };
}

/** Of a message that lies among others: what became of it alone. */
function stateAt(place: Place): MessageState {
  const { found, index } = place;
  const settled = settledOf(found);
  // A late reply has shown that all of it was accepted, after it had been divided.
  const isAcceptedLate = settled?.end === 'accepted' && settled.late === true;
  const state = isAcceptedLate ? 'accepted' : stateOfJob(found);
  if (index === undefined) return state;
  const { lost, cancelled } = found.record;
  if (lost.includes(-1) || lost.includes(index)) return 'duplicate';
  if (cancelled.includes(index)) return 'cancelled';
  if (settled?.end !== 'split') return state;
  // A piece that went on, or died, and of which nothing is left under its own id.
  return pieceAt(place, settled)?.fate === 'accepted' ? 'accepted' : 'given-up';
}

function stateOfJob({ state, job }: FoundJob): MessageState {
  switch (state) {
    case 'active':
    case 'delayed':
      return state;
    case 'completed': {
      const end = job === 'unreadable' ? undefined : parseJobResult(job.returnvalue)?.end;
      if (end === 'split') return 'divided';
      return end === 'duplicate' || end === 'cancelled' ? end : 'accepted';
    }
    case 'failed':
      return 'given-up';
    case 'unknown':
      return 'forgotten';
    default:
      return 'waiting';
  }
}
