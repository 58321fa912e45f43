import type { DeadLetter } from '../../queue/dead-letter.ts';
import { type DeadReason, deadReasons } from '../../queue/journal.ts';
import { type ParsedSendJob, parseSendJob } from '../../queue/send-job.ts';

/** A dead letter as it lies in the queue. */
export interface StoredLetter {
  /** The id of the message that died. */
  readonly id: string;
  readonly letter: DeadLetter;
  /** The letter's send job, read again: it may be one that a worker could not read. */
  readonly job: ParsedSendJob;
}

/**
 * Reads what lies in a job of the dead-letter queue. Total: what is no dead letter of ours counts as one with
 * reason `invalid`, so that it can be seen and discarded.
 * @param raw the job's data, JSON
 */
export function readLetter(id: string, raw: string): StoredLetter {
  const letter = asLetter(parseJson(raw)) ?? strangeLetter;
  return { id, letter, job: parseSendJob(letter.job) };
}

/** How many messages, and SMS parts, a letter stands for; an unreadable one counts as one message. */
export function sizeOf({ job }: StoredLetter): { readonly messages: number; readonly parts: number } {
  return job.ok ? { messages: job.job.to.length, parts: job.job.parts } : { messages: 1, parts: 0 };
}

/** Whether a person may have the text already. */
export const mayHaveArrived = ({ letter }: StoredLetter): boolean =>
  letter.reason === 'uncertain' || letter.mayHaveArrived === true;

const strangeLetter: DeadLetter = {
  v: 1,
  job: undefined,
  reason: 'invalid',
  text: 'what lies here is no dead letter of this product',
  history: [],
  enqueuedAt: 0,
  diedAt: 0,
};

function asLetter(value: unknown): DeadLetter | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const letter = value as Partial<DeadLetter>;
  const isOne =
    letter.v === 1 &&
    deadReasons.includes(letter.reason as DeadReason) &&
    Array.isArray(letter.history) &&
    Number.isFinite(letter.diedAt) &&
    Number.isFinite(letter.enqueuedAt);
  return isOne ? (value as DeadLetter) : undefined;
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
