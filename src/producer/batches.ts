import { type CheckedMessage, partsModelField } from '../message/message.ts';
import { uncertainWish } from '../message/uncertain.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { ProducerError } from './errors.ts';
import type { CallClaim, NewCall, StoredCall } from './store-jobs.ts';

/** A single send that is fit to be stored. */
export interface Sending {
  readonly account: string;
  readonly message: CheckedMessage;
  /** Set where the message has an idempotency key. */
  readonly claim: Omit<CallClaim, 'index'> | undefined;
  /** Redis' time, epoch milliseconds. */
  readonly now: number;
}

/** A send, the job that it went in, and its place there. */
export interface SentAt {
  readonly job: SendJob;
  readonly index: number;
  readonly stored: StoredCall;
}

/** Joins the sends that come while a write is on its way. */
export interface Batches {
  send(sending: Sending): Promise<SentAt>;
}

/** The most messages of a job of joined sends: what travels in one request by default. */
const mostJoined = 100;

/**
 * Jobs of one kind that are written at a time, where each but the first is full: less would spread the calls of a busy app
 * over small jobs, and Redis and the workers work by the job. Four keep a Redis busy that is far away.
 */
const writesAtOnce = 4;

interface Waiting {
  readonly sending: Sending;
  /** How many of its kind had come before it. */
  readonly place: number;
  readonly resolve: (sent: SentAt) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends of one kind. */
interface Kind {
  readonly waiting: Waiting[];
  /** How many have come. */
  came: number;
  writing: number;
}

/**
 * A call that comes alone is written at once, by itself; calls that come while a write is under way gather, and go with
 * the next one. There is no timer: the write under way is the clock.
 */
export function createBatches(store: (call: NewCall) => Promise<StoredCall>): Batches {
  const kinds = new Map<string, Kind>();

  const storeTogether = async (sendings: readonly Sending[]): Promise<Omit<SentAt, 'index'>> => {
    const call = joined(sendings);
    return { job: call.job, stored: await store(call) };
  };
  const write = async (key: string, kind: Kind): Promise<void> => {
    const batch = kind.waiting.splice(0, mostJoined);
    const { came } = kind;
    kind.writing += 1;
    try {
      const sent = await storeTogether(batch.map(({ sending }) => sending));
      for (const [index, { resolve }] of batch.entries()) resolve({ ...sent, index });
    } catch (error) {
      for (const [index, { reject }] of batch.entries()) reject(failureOf(error, index, batch.length));
      if (isSilence(error)) giveUpWaiting(kind, came, error);
    }
    kind.writing -= 1;
    pump(key, kind);
  };
  const pump = (key: string, kind: Kind): void => {
    while (mayWrite(kind)) void write(key, kind);
    if (kind.writing === 0) kinds.delete(key);
  };

  return {
    async send(sending) {
      // A scheduled message has a job of its own: it may be moved and called off by itself.
      if (sending.message.sendAtMs !== undefined) return { ...(await storeTogether([sending])), index: 0 };
      const key = kindOf(sending);
      const kind = kinds.get(key) ?? { waiting: [], came: 0, writing: 0 };
      kinds.set(key, kind);
      return new Promise((resolve, reject) => {
        kind.waiting.push({ sending, place: kind.came, resolve, reject });
        kind.came += 1;
        pump(key, kind);
      });
    },
  };
}

/** Each send by itself, in a job of its own. */
export const createLoneSends: typeof createBatches = (store) => ({
  async send(sending) {
    const call = joined([sending]);
    return { job: call.job, index: 0, stored: await store(call) };
  },
});

function mayWrite({ waiting, writing }: Kind): boolean {
  if (writing === 0) return waiting.length > 0;
  return waiting.length >= mostJoined && writing < writesAtOnce;
}

const isSilence = (error: unknown): error is ProducerError =>
  error instanceof ProducerError && error.code === 'REDIS_UNAVAILABLE';

/** Each message is told of by its own id. */
function failureOf(error: unknown, index: number, messages: number): unknown {
  if (!(error instanceof ProducerError) || error.messageId === undefined || messages === 1) return error;
  const { code, fields, reason, mayBeStored, detail, cause } = error;
  const facts = { fields, mayBeStored, detail, cause, messageId: `${error.messageId}.${index}` };
  return new ProducerError(code, reason === undefined ? facts : { ...facts, reason });
}

/**
 * Those that waited while Redis was silent have waited for as long as the others, and were never written: they are the ones
 * that had come when the write began, and stand before all others.
 */
function giveUpWaiting({ waiting }: Kind, came: number, cause: ProducerError): void {
  const detail = 'Nothing was stored (Redis left those before it without an answer).';
  const later = waiting.findIndex(({ place }) => place >= came);
  for (const one of waiting.splice(0, later === -1 ? waiting.length : later))
    one.reject(new ProducerError('REDIS_UNAVAILABLE', { detail, cause }));
}

/** Sends of one kind can share a job. Those with a key and those without do not: only the former may be written twice. */
function kindOf({ account, message, claim }: Sending): string {
  const { lane, title, whenUncertain, whenNotFound = '', deadlineAtMs, partsModel = '' } = message;
  const { reference = '' } = message;
  const minute = Math.floor(deadlineAtMs / 60_000);
  const key = claim === undefined ? 'no key' : 'key';
  const wish = [whenUncertain, whenNotFound];
  return JSON.stringify([account, lane, ...wish, minute, partsModel, key, title, reference]);
}

/** The job of some sends of one kind. */
function joined(sendings: readonly Sending[]): {
  readonly job: SendJob;
  readonly claims: readonly CallClaim[];
} {
  const [first] = sendings;
  if (!first) throw new RangeError('a job has at least one message');
  const { account, message, now } = first;
  const messages = sendings.map((sending) => sending.message);
  const isOne = messages.length === 1;
  const deadlineAt = Math.min(...messages.map(({ deadlineAtMs }) => deadlineAtMs));
  const laterMs = messages.map(({ deadlineAtMs }) => deadlineAtMs - deadlineAt);
  const job: SendJob = {
    v: sendJobVersion,
    account,
    lane: message.lane,
    title: message.title,
    to: messages.map(({ to }) => to),
    text: isOne ? message.text : messages.map(({ text }) => text),
    ...uncertainWish(message),
    parts: messages.reduce((sum, { parts }) => sum + parts, 0),
    ...partsModelField(message.partsModel),
    enqueuedAt: now,
    ...(message.sendAtMs === undefined ? {} : { sendAt: message.sendAtMs }),
    deadlineAt,
    ...(message.reference === undefined ? {} : { reference: message.reference }),
    ...(isOne ? {} : { joined: true }),
    ...(laterMs.some((ms) => ms > 0) ? { laterMs } : {}),
    ...notesOf(messages),
  };
  const claims = sendings.flatMap(({ claim }, index) =>
    claim === undefined ? [] : [{ ...claim, ...(isOne ? {} : { index }) }],
  );
  return { job, claims };
}

/** What the apps noted beside their messages; nothing where none did. */
function notesOf(messages: readonly CheckedMessage[]): Pick<SendJob, 'keys' | 'meta'> {
  const hasKey = messages.some(({ idempotencyKey }) => idempotencyKey !== undefined);
  const hasMeta = messages.some(({ meta }) => meta !== undefined);
  return {
    ...(hasKey ? { keys: messages.map(({ idempotencyKey = null }) => idempotencyKey) } : {}),
    ...(hasMeta ? { meta: messages.map(({ meta = null }) => meta) } : {}),
  };
}
