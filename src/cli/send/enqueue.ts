import { setTimeout as pause } from 'node:timers/promises';
import type { NewMessage } from '../../message/message.ts';
import { ProducerError } from '../../producer/errors.ts';
import type { SendReceipt } from '../../producer/send-one.ts';
import { passes } from '../../queue/redis-refusals.ts';
import type { GoodLine, MessageLine } from './message-lines.ts';
import { refusalOf } from './request.ts';

/** A line that gave no message, and why. Holds neither number nor text. */
export interface Refusal {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** What was thrown, where it was thrown. */
  readonly error?: unknown;
}

/** What is known of a message that was taken. */
export type Receipt = Pick<SendReceipt, 'id' | 'parts' | 'duplicate'>;

/** What became of the lines. */
export interface Enqueued {
  /** Lines looked at; those behind the place where a run was cut off are not among them. */
  lines: number;
  enqueued: number;
  /** SMS parts of those enqueued. */
  parts: number;
  /** Found in Redis from an earlier run. */
  before: number;
  /** The same number and text as an earlier line. */
  repeated: number;
  refused: number;
  /** The first of those refused; `onRefused` is told all of them. */
  readonly refusals: Refusal[];
  /** Ids of all messages that are in Redis by this run or an earlier one, each once. */
  readonly ids: Set<string>;
  /** Whether Ctrl-C cut the run off. */
  stopped: boolean;
  /** What cut the run off, where it was an error. */
  failure?: unknown;
}

export interface EnqueueOptions {
  /** Takes one message, or throws. */
  readonly send: (message: NewMessage) => Promise<Receipt>;
  /** Messages on their way to Redis at a time. */
  readonly concurrency: number;
  readonly stop: AbortSignal;
  readonly onRefused: (refusal: Refusal) => void;
  readonly onProgress: (soFar: Readonly<Enqueued>) => void;
}

/**
 * Enqueues all lines. A line that is refused costs no other; only what all of them need (the file, Redis) ends
 * the run early, with what was done until then. Never throws for that: it stands in `failure`.
 */
export async function enqueueAll(
  lines: AsyncGenerator<MessageLine, void>,
  options: EnqueueOptions,
): Promise<Enqueued> {
  const result: Enqueued = {
    lines: 0,
    enqueued: 0,
    parts: 0,
    before: 0,
    repeated: 0,
    refused: 0,
    refusals: [],
    ids: new Set(),
    stopped: false,
  };
  const run = async (): Promise<void> => {
    while (!options.stop.aborted && result.failure === undefined) {
      const next = await lines.next();
      if (next.done) return;
      await enqueueOne(next.value, result, options);
      options.onProgress(result);
    }
    result.stopped ||= options.stop.aborted;
  };
  const guarded = () =>
    run().catch((error: unknown) => {
      result.failure ??= error;
    });
  await Promise.all(Array.from({ length: options.concurrency }, guarded));
  return result;
}

async function enqueueOne(line: MessageLine, result: Enqueued, options: EnqueueOptions): Promise<void> {
  if (line.kind === 'problem') {
    result.lines += 1;
    return refuse({ line: line.line, ...line.problem }, result, options);
  }
  try {
    const receipt = await sendSurely(line, result, options);
    count(receipt, result);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    refuse({ line: line.line, ...refusal, error }, result, options);
  }
  result.lines += 1;
}

function count({ id, parts, duplicate }: Receipt, result: Enqueued): void {
  if (!duplicate) {
    result.enqueued += 1;
    result.parts += parts;
  } else if (result.ids.has(id)) {
    result.repeated += 1;
  } else {
    result.before += 1;
  }
  result.ids.add(id);
}

/** Refusals kept for the end; a file of a million bad lines must not fill the memory. */
const keptRefusals = 10_000;

function refuse(refusal: Refusal, result: Enqueued, { onRefused }: EnqueueOptions): void {
  result.refused += 1;
  if (result.refusals.length < keptRefusals) result.refusals.push(refusal);
  onRefused(refusal);
}

/** Together with the producer's own time limits, about ten seconds. */
const tries = 4;
const pauseMs = 1_000;

/**
 * Only with an idempotency key, without which a second send could text twice; and not at the start, where it would only
 * hide a wrong address.
 */
const mayTryAgain = ({ idempotencyKey }: NewMessage, { ids }: Enqueued): boolean =>
  idempotencyKey !== undefined && ids.size > 0;

/** A short absence of Redis in the middle of a file is waited out. */
async function sendSurely(
  { message }: GoodLine,
  result: Enqueued,
  { send, stop }: EnqueueOptions,
): Promise<Receipt> {
  for (let n = 1; ; n += 1) {
    try {
      const receipt = await send(message);
      const isOwn = n > 1 && !result.ids.has(receipt.id);
      // Stored by the try before, whose answer got lost; it is no message of an earlier run.
      return isOwn ? { ...receipt, duplicate: false } : receipt;
    } catch (error) {
      if (!mayTryAgain(message, result) || n === tries || !isRedisAway(error) || stop.aborted) throw error;
      await pause(pauseMs);
    }
  }
}

/** Redis does not answer, its replicas do not, or it says no for a while, as in a failover. */
const isRedisAway = (error: unknown): boolean =>
  error instanceof ProducerError &&
  (error.code === 'REDIS_UNAVAILABLE' ||
    error.code === 'REDIS_UNCONFIRMED' ||
    (error.reason !== undefined && passes(error.reason)));
