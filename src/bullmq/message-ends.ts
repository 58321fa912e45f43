import { parseRecord, recordFields } from '../queue/job-record.ts';
import { type DeathFacts, deathFactsOf, idOf, type JobResult } from '../queue/journal.ts';
import { readJson } from '../queue/json.ts';
import { type AccountPlace, deadQueueName, keys, queueNames } from '../queue/names.ts';
import { parseJobResult, parseJournalText } from '../queue/parse-journal.ts';
import { placeAmongLeft } from '../queue/pieces.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { readDeadLetter } from '../queue/stored-dead-letter.ts';

/** How a message ended, as far as Redis still knows. */
export type MessageEnd =
  | { readonly kind: 'accepted'; readonly groupId?: string }
  | ({ readonly kind: 'dead' } & DeathFacts)
  /** Neither waiting nor kept: it has ended, and its record was removed since. */
  | { readonly kind: 'forgotten' };

/** What lies in Redis of a send job: fields of BullMQ's job, and of our record. */
export interface JobRemains {
  readonly exists: boolean;
  readonly finishedOn?: string | undefined;
  readonly returnvalue?: string | undefined;
  readonly journal?: string | undefined;
  /** JSON of the messages that have lost their claims. */
  readonly lost?: string | undefined;
  /** JSON of the messages that were called off. */
  readonly cancelled?: string | undefined;
}

/** What lies in Redis of one message. */
export interface Remains extends JobRemains {
  readonly deadLetter?: string | undefined;
  /** The job that it shares with others, if it does, and its place there. */
  readonly shared?: { readonly job: JobRemains; readonly index: number };
}

/** How a message ended; undefined while it is under way. */
export function endOf({ deadLetter, shared, ...own }: Remains): MessageEnd | undefined {
  if (own.exists && own.finishedOn === undefined) return undefined;
  const result = parseJobResult(readJson(own.returnvalue));
  if (result?.end === 'accepted') return { kind: 'accepted', ...idOf(result) };
  if (isCalledOff(own, result)) return calledOff;
  if (deadLetter !== undefined)
    return { kind: 'dead', ...deathFactsOf(readDeadLetter('', deadLetter).letter) };
  if (!own.exists && (shared?.job.exists || shared?.job.cancelled)) return endInShared(shared);
  // The dead letter was replayed or discarded meanwhile; the journal still tells how this message ended.
  return endInJournal(own.journal);
}

const calledOff = { kind: 'dead', reason: 'cancelled' } as const;

/** Nothing was left of a job, which BullMQ has completed without a request, or was told to forget. */
const isCalledOff = ({ exists, cancelled }: JobRemains, result: JobResult | undefined): boolean =>
  exists ? result?.end === 'cancelled' : cancelled !== undefined;

function endInJournal(journal: string | undefined): MessageEnd {
  const read = parseJournalText(journal ?? '');
  const settled = read.ok ? read.journal.settled : undefined;
  // By a late reply, after it had been judged.
  if (settled?.end === 'accepted') return { kind: 'accepted', ...idOf(settled) };
  return settled?.end === 'dead' ? { kind: 'dead', ...deathFactsOf(settled) } : { kind: 'forgotten' };
}

function endInShared({ job, index }: NonNullable<Remains['shared']>): MessageEnd | undefined {
  const record = parseRecord([null, job.lost, job.cancelled]);
  const { lost, cancelled } = record;
  if (cancelled.includes(index)) return calledOff;
  if (job.finishedOn === undefined) return undefined;
  // Its key was taken: another message was sent in its place, and this id never told to anybody.
  if (lost.includes(index) || lost.includes(-1)) return { kind: 'forgotten' };
  const result = parseJobResult(readJson(job.returnvalue));
  if (result?.end === 'accepted') return { kind: 'accepted', ...idOf(result) };
  const read = parseJournalText(job.journal ?? '');
  const settled = read.ok ? read.journal.settled : undefined;
  if (settled?.end !== 'split') return endInJournal(job.journal);
  const piece = settled.pieces[placeAmongLeft(index, record)];
  if (piece?.fate === 'accepted') return { kind: 'accepted', ...idOf(piece) };
  return piece?.fate === 'dead' ? { kind: 'dead', ...deathFactsOf(piece.facts) } : { kind: 'forgotten' };
}

/** Reads how messages of one account ended: one answer for each id, in order. */
export type ReadEnds = (ids: readonly string[]) => Promise<readonly (MessageEnd | undefined)[]>;

const jobFields = ['timestamp', 'finishedOn', 'returnvalue'] as const;

/** Small reads for each id, all in one round trip; never the job itself, with its number and text. */
export function endReader(redis: RedisClient, { prefix, account }: AccountPlace): ReadEnds {
  const queues = queueNames(account);
  return async (ids) => {
    const bases = ids.map(baseOf);
    const jobs = [...new Set([...ids, ...bases.flatMap((base) => base?.id ?? [])])];
    const pipeline = redis.pipeline();
    for (const id of jobs)
      for (const queue of queues) {
        pipeline.hmget(`${prefix}:${queue}:${id}`, ...jobFields);
        pipeline.hmget(keys.record(prefix, queue, id), ...recordFields);
      }
    for (const id of ids) pipeline.hget(`${prefix}:${deadQueueName(account)}:${id}`, 'data');
    const replies = await run(pipeline);
    const perJob = 2 * queues.length;
    const remains = new Map(
      jobs.map((id, at) => [id, remainsOf(replies.slice(at * perJob, (at + 1) * perJob))] as const),
    );
    return ids.map((id, at) => {
      const base = bases[at];
      const job = base && remains.get(base.id);
      return endOf({
        ...(remains.get(id) ?? absent),
        deadLetter: textOf(replies[jobs.length * perJob + at]),
        ...(base && job ? { shared: { job, index: base.index } } : {}),
      });
    });
  };
}

/** The job whose part a message may be. */
function baseOf(id: string): { readonly id: string; readonly index: number } | undefined {
  const [, base, index] = /^(.+)\.(\d{1,5})$/.exec(id) ?? [];
  return base === undefined ? undefined : { id: base, index: Number(index) };
}

const absent: JobRemains = { exists: false };

/** The answers of all lanes: the job lies in one of them, if at all. */
function remainsOf(replies: readonly unknown[]): JobRemains {
  let calledOffIn: string | undefined;
  for (let at = 0; at < replies.length; at += 2) {
    const [timestamp, finishedOn, returnvalue] = listOf(replies[at]);
    const [journal, lost, cancelled] = listOf(replies[at + 1]);
    if (timestamp !== undefined) return { exists: true, finishedOn, returnvalue, journal, lost, cancelled };
    if (cancelled !== undefined) calledOffIn = cancelled;
  }
  return calledOffIn === undefined ? absent : { exists: false, cancelled: calledOffIn };
}

const listOf = (reply: unknown): readonly (string | undefined)[] =>
  Array.isArray(reply) ? reply.map(textOf) : [];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
