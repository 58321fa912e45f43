import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createRedisCalls } from '../../producer/redis-calls.ts';
import type { ApiKeys } from './grant.ts';
import { createJoinedReads } from './joined-reads.ts';
import { grantOf, isOver, readKeyRecord } from './key-record.ts';
import { type KeyPlace, noteUse, readRecords } from './key-store.ts';
import { digestOf, readKey } from './key-text.ts';

export interface ApiKeysOptions extends KeyPlace {
  /** How long Redis may be silent until a verification fails. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 2_000;

/** How exactly the last use of a key is known: it is written so seldom. Our choice. */
const usedEveryMs = 60_000;

/**
 * The API keys of an installation, as one process asks for them. Nothing is remembered from one request to the next: each is
 * answered by what Redis says after it came, so that a key is refused from the moment on in which `revokeApiKey` has resolved, in
 * every process. Requests that come together are asked about together.
 *
 * `verify()` rejects with ProducerError `REDIS_UNAVAILABLE` or `REDIS_REFUSED`.
 */
export function createApiKeys({ timeoutMs = defaultTimeoutMs, ...place }: ApiKeysOptions): ApiKeys {
  const calls = createRedisCalls(place.redis, timeoutMs);
  const reads = createJoinedReads((ids) =>
    calls.run({ work: () => readRecords(place, ids), isRepeatable: true, stores: false }),
  );
  // What is compared with where there is no record: that there is none takes as long to find as that it is another.
  const nobody = digestOf(randomBytes(32).toString('hex'));
  const notedAt = new Map<string, number>();

  const note = (id: string, at: number): void => {
    if (at - (notedAt.get(id) ?? 0) < usedEveryMs) return;
    notedAt.set(id, at);
    noteUse(place, id, at).catch(() => {}); // the list shows an earlier use; nobody is kept waiting for that
  };

  return {
    async verify(presented) {
      const key = readKey(presented);
      if (!key) return undefined;
      const { text, readAt } = await reads.read(key.id);
      const record = readKeyRecord(text);
      const isSame = timingSafeEqual(record ? Buffer.from(record.hash, 'hex') : nobody, key.digest);
      if (!record || !isSame || isOver(record, readAt)) return undefined;
      note(key.id, readAt);
      return grantOf(key.id, record);
    },
    close: () => reads.idle(),
  };
}
