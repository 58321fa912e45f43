import type { Redis } from 'ioredis';
import { type DeathFacts, deathFactsOf, idOf } from '../../queue/journal.ts';
import { readJson } from '../../queue/json.ts';
import { type AccountPlace, deadQueueName, queueName } from '../../queue/names.ts';
import { parseJobResult, parseJournalText } from '../../queue/parse-journal.ts';
import { readLetter } from '../../queue/stored-dead-letter.ts';

/** How a message ended, as far as Redis still knows. */
export type MessageEnd =
  | { readonly kind: 'accepted'; readonly groupId?: string }
  | ({ readonly kind: 'dead' } & DeathFacts)
  /** Neither waiting nor kept: it has ended, and its record was removed since. */
  | { readonly kind: 'forgotten' };

/** What lies in Redis of one message: fields of its job, and the data of its dead letter. */
export interface Remains {
  readonly exists: boolean;
  readonly finishedOn?: string | undefined;
  readonly returnvalue?: string | undefined;
  readonly progress?: string | undefined;
  readonly deadLetter?: string | undefined;
}

/** How a message ended; undefined while it is under way. */
export function endOf({
  exists,
  finishedOn,
  returnvalue,
  progress,
  deadLetter,
}: Remains): MessageEnd | undefined {
  if (exists && finishedOn === undefined) return undefined;
  const result = parseJobResult(readJson(returnvalue));
  if (result?.end === 'accepted') return { kind: 'accepted', ...idOf(result) };
  if (deadLetter !== undefined) return { kind: 'dead', ...deathFactsOf(readLetter('', deadLetter).letter) };
  // The dead letter was replayed or discarded meanwhile; the journal still tells how this message ended.
  const read = parseJournalText(progress ?? '');
  const settled = read.ok ? read.journal.settled : undefined;
  return settled?.end === 'dead' ? { kind: 'dead', ...deathFactsOf(settled) } : { kind: 'forgotten' };
}

/** Reads how messages of one account ended: one answer for each id, in order. */
export type ReadEnds = (ids: readonly string[]) => Promise<readonly (MessageEnd | undefined)[]>;

const fields = ['timestamp', 'finishedOn', 'returnvalue', 'progress'] as const;

/** Two small reads for each id, all in one round trip; never the job itself, with its number and text. */
export function endReader(redis: Redis, place: AccountPlace): ReadEnds {
  const { prefix, account } = place;
  return async (ids) => {
    const pipeline = redis.pipeline();
    for (const id of ids) {
      pipeline.hmget(`${prefix}:${queueName(account)}:${id}`, ...fields);
      pipeline.hget(`${prefix}:${deadQueueName(account)}:${id}`, 'data');
    }
    const replies = (await pipeline.exec()) ?? [];
    return ids.map((_, index) =>
      endOf(remainsOf(replyAt(replies, 2 * index), replyAt(replies, 2 * index + 1))),
    );
  };
}

type Replies = readonly (readonly [error: Error | null, result: unknown])[];

function replyAt(replies: Replies, index: number): unknown {
  const [error, result] = replies[index] ?? [new Error('Redis left a reply out'), undefined];
  if (error) throw error;
  return result;
}

function remainsOf(job: unknown, letter: unknown): Remains {
  const [timestamp, finishedOn, returnvalue, progress] = (Array.isArray(job) ? job : []).map(textOf);
  return { exists: timestamp !== undefined, finishedOn, returnvalue, progress, deadLetter: textOf(letter) };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
