import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keys } from './names.ts';

/**
 * The secret of an installation, that of its ids (`keyedHash`): 32 random bytes, hexadecimal, made once by whoever
 * needs it first. Whoever loses that race takes the winner's.
 *
 * @param known what this process has read before: where Redis has lost the secret, it is put back, so that processes
 * that run on agree with those that start
 * @throws SecretInvalid where something else lies in its place; Error where Redis does not answer
 */
export async function readSecret(redis: Redis, prefix: string, known?: string): Promise<string> {
  const key = keys.secret(prefix);
  const made = known ?? randomBytes(32).toString('hex');
  const [set, get] = (await redis.pipeline().set(key, made, 'NX').get(key).exec()) ?? [];
  const [error, found] = get ?? [new Error('Redis left a reply out'), null];
  // A Redis that takes no writes at this moment still knows the secret that it has.
  const reason = error ?? (found === null ? set?.[0] : undefined);
  if (reason?.message.startsWith('WRONGTYPE')) throw new SecretInvalid(key);
  if (reason) throw reason;
  return checked(found, key);
}

function checked(found: unknown, key: string): string {
  if (typeof found === 'string' && /^[0-9a-f]{64}$/.test(found)) return found;
  throw new SecretInvalid(key);
}

/** Something else lies where the secret should. */
export class SecretInvalid extends Error {
  override readonly name = 'SecretInvalid';
  /** Where it lies. */
  readonly key: string;

  constructor(key: string) {
    super(`what lies under the key ${key} is not the secret of this installation`);
    this.key = key;
  }
}

/**
 * How long a secret that was read is taken for the one that lies in Redis. Our choice: after a FLUSHALL processes
 * disagree on ids for no longer than this.
 */
const freshMs = 10_000;

/**
 * Reads the secret once for all who need it: no send has a round trip of its own for it. It is read on each new
 * connection, which may lead to a Redis that has lost it, and when what was read is no longer fresh.
 */
export function secretReader(
  redis: Redis,
  prefix: string,
  now: () => number = () => performance.now(),
): () => Promise<string> {
  let known: string | undefined;
  let reading: { readonly secret: Promise<string>; readonly atMs: number } | undefined;
  const read = async (): Promise<string> => {
    try {
      known = await readSecret(redis, prefix, known);
      return known;
    } catch (error) {
      reading = undefined;
      throw error;
    }
  };
  const begin = (): Promise<string> => {
    reading = { secret: read(), atMs: now() };
    return reading.secret;
  };
  // Whoever needs a secret that could not be read, reads it again and learns why.
  redis.on('ready', () => void begin().catch(() => {}));
  return () => (reading !== undefined && now() - reading.atMs < freshMs ? reading.secret : begin());
}
