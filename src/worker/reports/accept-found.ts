import type { AccountQueues } from '../../bullmq/account-queues.ts';
import { createDeadLetterStore, type DeadLetterStore } from '../../bullmq/dead-letter-store.ts';
import { findJob } from '../../bullmq/find-job.ts';
import type { JobRecords, LateJournal } from '../../bullmq/job-records.ts';
import { letterIdOf, withdrawDeadLetter } from '../../bullmq/put-dead-letter.ts';
import type { Lane } from '../../message/lane.ts';
import type { JobRecord } from '../../queue/job-record.ts';
import type { Journal } from '../../queue/journal.ts';
import type { AccountPlace } from '../../queue/names.ts';
import { parseJournalText } from '../../queue/parse-journal.ts';
import { jobOfRecord, placeOfPiece } from '../../queue/pieces.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { parseSendJob, type SendJob } from '../../queue/send-job.ts';
import { runAgainWhenGivenUp } from '../late-replies.ts';
import { withdrawDeadLetters } from '../settle.ts';
import { completeWith } from '../verdict/decide.ts';
import { afterQuestion } from '../verdict/journal-entries.ts';

/** A job, or a piece of one, that was given up as uncertain, and that JetSMS turned out to have. */
export interface FoundJob {
  readonly id: string;
  readonly lane: Lane;
  /** JetSMS's status of it. */
  readonly status: string;
}

/**
 * - `settled`: it is accepted now; its dead letter is withdrawn.
 * - `known`: it was accepted before.
 * - `gone`: a person has dealt with it, or nothing is left of it.
 */
export type Acceptance = 'settled' | 'known' | 'gone';

/** Settles what was given up, as a late reply does: in its journal, with its end, its event and its counts in the same step. */
export type AcceptFound = (found: FoundJob) => Promise<Acceptance>;

export interface AcceptFoundOptions {
  readonly redis: RedisClient;
  readonly place: AccountPlace;
  readonly queues: AccountQueues;
  readonly records: JobRecords;
  readonly worker: string;
  readonly now: () => number;
}

/** The journal changes under our hands only where a late reply comes at the same moment. */
const tries = 20;

export function createAcceptFound(options: AcceptFoundOptions): AcceptFound {
  const letters = createDeadLetterStore(options.redis, options.place);
  return async (found) => {
    const source = await sourceOf(found, letters, options);
    if (source === undefined) return 'gone';
    for (let n = 0; n < tries; n += 1) {
      const step = await tryToAccept(found, source, options);
      if (step !== 'again') return step;
    }
    return 'gone';
  };
}

/** Where what was given up comes from. */
interface Source {
  /** Its own messages. */
  readonly job: SendJob;
  /** The job in whose record its end stands: its own, or the one that it is a piece of. */
  readonly recordId: string;
}

async function sourceOf(
  { id, lane }: FoundJob,
  letters: DeadLetterStore,
  options: AcceptFoundOptions,
): Promise<Source | undefined> {
  const letterId = letterIdOf(id);
  // Its messages count, and are told of, as those of the replay.
  if ((await letters.replayedAs(letterId)) !== undefined) return undefined;
  const [letter] = await letters.read([letterId]);
  if (letter?.job.ok) return { job: letter.job.job, recordId: letter.letter.pieceOf ?? id };
  const job = await jobOf(id, lane, options);
  return job && { job, recordId: id };
}

/** A job as BullMQ still has it and its record says: without the messages that had lost their claims, or were called off. */
async function jobOf(
  id: string,
  lane: Lane,
  { queues, records }: AcceptFoundOptions,
): Promise<SendJob | undefined> {
  const job = await findJob(() => queues.of(lane).getJob(id));
  if (job === undefined || job === 'unreadable') return undefined;
  const parsed = parseSendJob(job.data);
  return parsed.ok ? jobOfRecord(id, parsed.job, await records.read({ id, job: { lane } })) : undefined;
}

async function tryToAccept(
  found: FoundJob,
  source: Source,
  options: AcceptFoundOptions,
): Promise<Acceptance | 'again'> {
  const { records, queues } = options;
  const record = await records.read({ id: source.recordId, job: source.job });
  const { journal: text } = record;
  const read = parseJournalText(text);
  const settled = text !== '' && read.ok ? read.journal.settled : undefined;
  if (!read.ok || settled === undefined) return 'gone';
  if (settled.end === 'accepted') return 'known';
  const late =
    settled.end === 'dead'
      ? acceptedWhole(found, source, read.journal, options)
      : acceptedPiece(found, source, { record, before: read.journal }, options);
  if (typeof late === 'string') return late;
  if (!(await records.replace(source.recordId, text, late))) return 'again';
  if (late.piece) await withdrawDeadLetter(queues.dead, found.id);
  else await carryOut(source, queues);
  return 'settled';
}

/** What a late reply does after its journal is written. */
async function carryOut({ job, recordId }: Source, queues: AccountQueues): Promise<void> {
  await withdrawDeadLetters({ id: recordId, sendJob: job }, { queues });
  await runAgainWhenGivenUp(queues, job.lane, recordId);
}

const foundBy = (status: string, { worker, now }: AcceptFoundOptions) =>
  ({
    verdict: completeWith(undefined),
    outcome: 'accepted',
    code: `found-${status}`,
    late: true,
    now: now(),
    worker,
  }) as const;

function acceptedWhole(
  { status }: FoundJob,
  { job }: Source,
  before: Journal,
  options: AcceptFoundOptions,
): LateJournal {
  return { job, before, after: afterQuestion(before, foundBy(status, options)) };
}

/** What lies beside a divided job. */
interface Divided {
  readonly record: JobRecord;
  readonly before: Journal;
}

/** Of a divided job one piece changes its fate; the others keep theirs. */
function acceptedPiece(
  { id, status }: FoundJob,
  { job, recordId }: Source,
  { record, before }: Divided,
  options: AcceptFoundOptions,
): LateJournal | 'known' | 'gone' {
  const { settled } = before;
  if (settled?.end !== 'split') return 'gone';
  const at = placeOfPiece(id, recordId, record);
  const piece = settled.pieces[at];
  if (piece?.fate === 'accepted') return 'known';
  if (piece?.fate !== 'dead') return 'gone';
  const { history } = afterQuestion(before, foundBy(status, options));
  const pieces = settled.pieces.with(at, { fate: 'accepted', ranges: piece.ranges });
  const now = options.now();
  return {
    job,
    before,
    after: { ...before, history, settled: { ...settled, pieces } },
    piece: {
      id,
      job,
      before: { end: 'dead', at: settled.at, ...piece.facts },
      after: { end: 'accepted', at: now, late: true },
    },
  };
}
