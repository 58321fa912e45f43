import type { Job, Queue } from 'bullmq';
import type { LetterStore } from '../../bullmq/dead-letter-store.ts';
import { findJob } from '../../bullmq/find-job.ts';
import type { Journal } from '../../queue/journal.ts';
import { type ParsedJournal, parseJobResult, parseJournal } from '../../queue/parse-journal.ts';
import { type ParsedSendJob, parseSendJob } from '../../queue/send-job.ts';
import type { StoredLetter } from '../../queue/stored-dead-letter.ts';
import { pieceId } from '../../worker/verdict/division.ts';
import { finishedJournal } from '../../worker/verdict/journal-entries.ts';
import { callRedis } from '../operator-error.ts';
import { originIdsOf } from './replay-steps.ts';

/**
 * Where a message is. `divided`: its send job had many messages that went different ways. `given-up`: it has ended, and its dead letter is
 * gone. `forgotten`: nothing is left of it in Redis, because it ended long ago or its dead letter was discarded.
 */
export type MessageState =
  | 'waiting'
  | 'delayed'
  | 'active'
  | 'accepted'
  | 'divided'
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
  readonly letter?: StoredLetter;
  /** Its send job and journal, while the account's queue keeps them. */
  readonly job?: { readonly job: ParsedSendJob; readonly journal: ParsedJournal };
  /** The messages that it repeats, the first of the chain first. */
  readonly origins: readonly TracedMessage[];
  /** What it was replayed as, and what that was replayed as, and so on. */
  readonly replays: readonly TracedMessage[];
  /** What it was divided into. */
  readonly pieces: readonly TracedMessage[];
}

interface TraceTools {
  readonly store: LetterStore;
  readonly queue: Queue;
}

/** Follows a message to both sides; undefined where Redis knows nothing of it. */
export async function traceMessage(id: string, tools: TraceTools): Promise<MessageTrace | undefined> {
  const [letter] = await tools.store.read([id]);
  const job = await findIn(tools.queue, id);
  const replays = await replaysOf(id, tools);
  if (!letter && !job && replays.length === 0) return undefined;
  const kept = job && keptOf(job);
  const parsed = letter?.job ?? kept?.job;
  const origins = parsed?.ok && parsed.job.origin ? originIdsOf(parsed.job.origin) : [];
  return {
    ...(await stateOf(id, tools)),
    ...(letter ? { letter } : {}),
    ...(kept ? { job: kept } : {}),
    origins: await Promise.all(origins.map((origin) => stateOf(origin, tools))),
    replays,
    pieces: await piecesOf(id, kept?.journal.ok ? kept.journal.journal : undefined, tools),
  };
}

const findIn = (queue: Queue, id: string): Promise<Job | 'unreadable' | undefined> =>
  callRedis(() => findJob(() => queue.getJob(id)));

function keptOf(job: Job | 'unreadable'): NonNullable<MessageTrace['job']> {
  if (job === 'unreadable') return { job: unreadable, journal: unreadable };
  const read = parseJournal(job.progress);
  const journal: ParsedJournal = read.ok ? { ok: true, journal: finishedJournal(read.journal, job) } : read;
  return { job: parseSendJob(job.data), journal };
}

const unreadable = { ok: false, problem: 'what lies in the queue is not the JSON of a job' } as const;

async function piecesOf(
  id: string,
  journal: Journal | undefined,
  tools: TraceTools,
): Promise<readonly TracedMessage[]> {
  const settled = journal?.settled;
  if (settled?.end !== 'split') return [];
  return Promise.all(
    settled.pieces.map(async ({ fate }, index) => {
      const piece = pieceId(id, index);
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

async function stateOf(id: string, { store, queue }: TraceTools): Promise<TracedMessage> {
  const [letter] = await store.read([id]);
  if (letter) return { id, state: 'dead-letter' };
  const job = await findIn(queue, id);
  const state = job ? stateOfJob(await callRedis(() => queue.getJobState(id)), job) : 'forgotten';
  const isOver = state === 'given-up' || state === 'forgotten';
  if (isOver && (await store.replayedAs(id)) !== undefined) return { id, state: 'replayed' };
  return { id, state };
}

function stateOfJob(state: string, job: Job | 'unreadable'): MessageState {
  switch (state) {
    case 'active':
    case 'delayed':
      return state;
    case 'completed':
      return job !== 'unreadable' && parseJobResult(job.returnvalue)?.end === 'split'
        ? 'divided'
        : 'accepted';
    case 'failed':
      return 'given-up';
    case 'unknown':
      return 'forgotten';
    default:
      return 'waiting';
  }
}
