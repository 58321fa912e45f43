import { randomUUID } from 'node:crypto';
import type { EventEntry } from '../queue/event-entry.ts';
import { openWorkerRedis } from '../queue/redis.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { targetOf } from '../queue/redis-target.ts';
import { readTrouble } from '../queue/redis-trouble.ts';
import { type AccountStream, createAccountStream, type StreamRead } from './account-stream.ts';
import { EventsError } from './errors.ts';
import type { ResolvedEventsOptions } from './options.ts';
import { isGroupLost, type Patience, patiently, pause } from './patience.ts';

/** An entry that is to be told of, and acknowledged. */
export interface ReadEntry {
  readonly account: string;
  readonly entryId: string;
  readonly entry: EventEntry;
}

/** What a consumer of a group reads, entry by entry. */
export interface EventReader {
  /** Resolves when every account's group is there, so that nothing that is written from now on is missed. */
  subscribed(): Promise<void>;
  /**
   * Batches of entries of one account each, in the order of the stream. The next is read when it is asked for. Ends at
   * `close()`.
   */
  batches(): AsyncGenerator<readonly ReadEntry[], void, undefined>;
  /** Whether entries of the account that were read are surely this consumer's still. */
  isOurs(account: string): boolean;
  /** Resolves when Redis knows of it, or at `close()`. */
  ack(account: string, entryIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** How long a close waits for a Redis that does not answer. */
const closeMs = 2_000;

/** What the parts of one reader share. */
interface Reading {
  readonly options: ResolvedEventsOptions;
  readonly streams: readonly AccountStream[];
  readonly patience: Patience;
  /** A reading from beginning to end, by its token. */
  readonly tokens: Set<string>;
  ack(account: string, entryIds: readonly string[]): Promise<void>;
}

/**
 * Reads the streams of some accounts as one consumer of a group. Of all consumers of a group one reads an account at a time, so that
 * the events of a message come in their order whoever dies meanwhile; another takes over when it gives no sign of life.
 */
export function createEventReader(options: ResolvedEventsOptions): EventReader {
  const { onProblem, from, accounts } = options;
  const redis = openConnection(options);
  const closing = new AbortController();
  const monotonic = (): number => performance.now();
  const streams = new Map(
    accounts.map((account) => [account, createAccountStream({ ...options, redis, account, monotonic })]),
  );
  const patience: Patience = {
    signal: closing.signal,
    onTrouble: (cause) => onProblem({ kind: 'redis', cause }),
  };
  const reading: Reading = {
    options,
    streams: [...streams.values()],
    patience,
    tokens: new Set(),
    async ack(account, entryIds) {
      const stream = streams.get(account);
      if (stream && entryIds.length > 0) await patiently(() => stream.ack(entryIds), patience);
    },
  };
  const subscribe = (): Promise<void> => {
    const begun = subscribeAll(reading, from === 'now' ? '$' : '0');
    begun.catch(() => {}); // not lost: it rejects for whoever reads, or asks
    return begun;
  };
  let subscribing = subscribe();

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await within(closeMs, Promise.all([...reading.tokens].map((token) => release(reading, token))));
    if (redis !== options.redis) redis.disconnect();
  };

  return {
    subscribed: () => subscribing,
    async *batches() {
      // What was refused may have been mended since.
      if (await isRejected(subscribing)) subscribing = subscribe();
      await subscribing;
      yield* batchesOf(reading);
    },
    isOurs: (account) => streams.get(account)?.isOurs() ?? false,
    async ack(account, entryIds) {
      if (closing.signal.aborted) throw new EventsError('EVENTS_CLOSED');
      await reading.ack(account, entryIds);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

const isRejected = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => false,
    () => true,
  );

async function subscribeAll({ streams, patience }: Reading, from: string): Promise<void> {
  await Promise.all(streams.map((stream) => patiently(() => stream.subscribe(from), patience)));
}

async function* batchesOf(reading: Reading): AsyncGenerator<readonly ReadEntry[], void, undefined> {
  const { options, patience, tokens } = reading;
  const token = randomUUID();
  tokens.add(token);
  const stopRenewing = renewAgain(reading, token);
  try {
    while (!patience.signal.aborted) {
      const hasRead = yield* readOnce(reading, token);
      if (!hasRead) await pause(options.pollMs, patience.signal);
    }
  } finally {
    stopRenewing();
    tokens.delete(token);
    await within(closeMs, release(reading, token));
  }
}

/** One look at each account; says whether there was anything, wanted or not. */
async function* readOnce(
  reading: Reading,
  token: string,
): AsyncGenerator<readonly ReadEntry[], boolean, undefined> {
  let hasRead = false;
  for (const stream of reading.streams) {
    const read = await patiently(() => readOn(stream, token, reading), reading.patience);
    if (read === undefined || (read.entries.length === 0 && read.dropped === 0)) continue;
    hasRead = true;
    const wanted = await passOver(read, stream.account, reading);
    if (wanted.length > 0) yield wanted;
  }
  return hasRead;
}

/** Reads, and makes the group anew where it has vanished. */
async function readOn(
  stream: AccountStream,
  token: string,
  { options }: Reading,
): Promise<StreamRead | undefined> {
  try {
    return await stream.read(token);
  } catch (error) {
    if (!isGroupLost(error)) throw error;
    await stream.subscribe(stream.position());
    options.onProblem({ kind: 'group-lost', account: stream.account });
    return stream.read(token);
  }
}

function openConnection({ redis: given, redisTls, onProblem }: ResolvedEventsOptions): RedisClient {
  if (typeof given !== 'string') return given;
  const redis = openWorkerRedis(targetOf({ redis: given, redisTls }));
  redis.on('error', (error) => {
    const trouble = readTrouble(error);
    onProblem({ kind: 'redis', cause: trouble.kind === 'refused' ? trouble.reason : trouble.cause });
  });
  return redis;
}

/** What is wanted of what was read; all else is told and acknowledged. */
async function passOver(
  { entries, dropped }: StreamRead,
  account: string,
  { options, ack }: Reading,
): Promise<readonly ReadEntry[]> {
  const { types, onProblem } = options;
  const wanted: ReadEntry[] = [];
  const passed: string[] = [];
  for (const { entryId, entry } of entries) {
    if (entry && (types === undefined || types.has(entry.type))) wanted.push({ account, entryId, entry });
    else passed.push(entryId);
    if (!entry) onProblem({ kind: 'unreadable', account, entryId });
  }
  if (dropped > 0) onProblem({ kind: 'trimmed', account, entries: dropped });
  await ack(account, passed);
  return wanted;
}

/** Shows that this consumer lives, until it is told to stop, or closed: an iterator may be left where it is. Where Redis does not hear it, the next read says who reads now. */
function renewAgain({ streams, options, patience }: Reading, token: string): () => void {
  const timer = setInterval(() => {
    for (const stream of streams) if (stream.isOurs()) stream.renew(token).catch(() => {}); // the next read finds it out
  }, options.takeOverAfterMs / 4);
  const stop = (): void => {
    clearInterval(timer);
    patience.signal.removeEventListener('abort', stop);
  };
  patience.signal.addEventListener('abort', stop);
  return stop;
}

/** Another consumer need not wait then. Where Redis does not hear of it, it waits for the end of the time. */
async function release({ streams }: Reading, token: string): Promise<void> {
  await Promise.allSettled(streams.map((stream) => stream.release(token)));
}

/** Resolves with the work, or after so long: it goes on by itself then. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, pause(limitMs, over.signal)]);
  over.abort();
}
