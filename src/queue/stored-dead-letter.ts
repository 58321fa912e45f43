import { fieldFinder, isObject, isOneOf, isText, isTime, optional } from './checks.ts';
import type { DeadLetter } from './dead-letter.ts';
import { isShallow, readJson } from './json.ts';
import { deathShape, isHistory } from './parse-journal.ts';
import { type ParsedSendJob, parseSendJob } from './send-job.ts';

/** A dead letter as it lies in the queue. */
export interface StoredDeadLetter {
  /** The id of the message that died. */
  readonly id: string;
  readonly letter: DeadLetter;
  /** The letter's send job, read again: it may be one that a worker could not read. */
  readonly job: ParsedSendJob;
  /** Set where what lies there is no dead letter: all words of `letter` are ours then. */
  readonly problem?: string;
}

const brokenField = fieldFinder<Omit<DeadLetter, 'job'>>({
  v: isOneOf([1]),
  ...deathShape,
  history: isHistory,
  pieceOf: optional(isText),
  enqueuedAt: isTime,
  diedAt: isTime,
});

/** Reads what lies in a job of the dead-letter queue. Total, like `parseDeadLetter`. */
export const readDeadLetter = (id: string, raw: string): StoredDeadLetter =>
  parseDeadLetter(id, readJson(raw), raw);

/**
 * A dead letter out of the data of its job. Total: what is no dead letter of ours counts as one with reason
 * `invalid`, so that it can be seen and discarded.
 * @param raw what is kept of one that cannot be read, for those to whom it may be revealed
 */
export function parseDeadLetter(id: string, value: unknown, raw?: string): StoredDeadLetter {
  const problem = problemOf(value);
  if (problem !== undefined) return strangeLetter(id, { value, raw, problem });
  const letter = value as DeadLetter;
  const job = parseSendJob(letter.job);
  return job.ok || isShallow(letter.job)
    ? { id, letter, job }
    : strangeLetter(id, { value, raw, problem: 'it is nested without end' });
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is no JSON object';
  const field = brokenField(value);
  return field === undefined ? undefined : `field ${field} is missing or not valid`;
}

interface Strange {
  readonly value: unknown;
  readonly raw: string | undefined;
  readonly problem: string;
}

/** Nothing in it says whether somebody has the text. */
function strangeLetter(id: string, { value, raw, problem }: Strange): StoredDeadLetter {
  const letter: DeadLetter = {
    v: 1,
    job: raw,
    reason: 'invalid',
    text: `what lies here is no dead letter of this product: ${problem}`,
    mayHaveArrived: true,
    history: [],
    enqueuedAt: timeIn(value, 'enqueuedAt'),
    diedAt: timeIn(value, 'diedAt'),
  };
  return { id, letter, job: { ok: false, problem }, problem };
}

function timeIn(value: unknown, field: 'enqueuedAt' | 'diedAt'): number {
  const time: unknown = isObject(value) ? Reflect.get(value, field) : undefined;
  return isTime(time) ? time : 0;
}

/** How many messages, and SMS parts, a letter stands for; an unreadable one counts as one message. */
export function sizeOf({ job }: StoredDeadLetter): { readonly messages: number; readonly parts: number } {
  return job.ok ? { messages: job.job.to.length, parts: job.job.parts } : { messages: 1, parts: 0 };
}

/** Whether a person may have the text already. */
export const mayHaveArrived = ({ letter }: StoredDeadLetter): boolean =>
  letter.reason === 'uncertain' || letter.mayHaveArrived === true;
