import { randomBytes } from 'node:crypto';
import { installationPrefix, keys } from './names.ts';
import type { RedisClient } from './redis-client.ts';
import { isOfAnotherType } from './redis-trouble.ts';

/**
 * The secret of an installation, that of its ids (`keyedHash`): 32 random bytes, hexadecimal, made once by whoever
 * needs it first. Whoever loses that race takes the winner's.
 *
 * @param known what this process has read before: where Redis has lost the secret, it is put back, so that processes
 * that run on agree with those that start
 * @throws Error where something else lies in its place (`isSecretInvalid`), or Redis does not answer
 */
export async function readSecret(redis: RedisClient, prefix: string, known?: string): Promise<string> {
  const key = keys.secret(installationPrefix(redis, prefix));
  const made = known ?? randomBytes(32).toString('hex');
  const [set, get] = (await redis.pipeline().set(key, made, 'NX').get(key).exec()) ?? [];
  const [error, found] = get ?? [new Error('Redis left a reply out'), null];
  // A Redis that takes no writes at this moment still knows the secret that it has.
  const reason = error ?? (found === null ? set?.[0] : undefined);
  if (isOfAnotherType(reason)) throw secretInvalid(key);
  if (reason) throw reason;
  return checked(found, key);
}

function checked(found: unknown, key: string): string {
  if (typeof found === 'string' && /^[0-9a-f]{64}$/.test(found)) return found;
  throw secretInvalid(key);
}

const secretInvalid = (key: string): Error =>
  Object.assign(new Error(`what lies under the key ${key} is not the secret of this installation`), {
    code: 'SECRET_INVALID',
  });

/** Whether an error says that something else lies where the secret should. */
export const isSecretInvalid = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SECRET_INVALID';

/**
 * How long a secret that was read is taken for the one that lies in Redis. Our choice: after a FLUSHALL processes
 * disagree on ids for no longer than this.
 */
const freshMs = 10_000;

export interface SecretReader {
  /** The secret, where it was read a short while ago: most sends need not wait for anything. */
  fresh(): string | undefined;
  read(): Promise<string>;
}

/**
 * Reads the secret once for all who need it: no send has a round trip of its own for it. It is read on each new
 * connection, which may lead to a Redis that has lost it, and when what was read is no longer fresh.
 */
export function secretReader(
  redis: RedisClient,
  prefix: string,
  now: () => number = () => performance.now(),
): SecretReader {
  let known: string | undefined;
  let reading: Reading | undefined;
  const begin = (): Promise<string> => {
    const begun: Reading = { atMs: now(), answer: readSecret(redis, prefix, known), secret: undefined };
    reading = begun;
    begun.answer.then(
      (secret) => {
        known = secret;
        begun.secret = secret;
      },
      () => {
        if (reading === begun) reading = undefined;
      },
    );
    return begun.answer;
  };
  const fresh = (): Reading | undefined =>
    reading !== undefined && now() - reading.atMs < freshMs ? reading : undefined;
  redis.on('ready', () => void begin().catch(() => {})); // not lost: whoever needs it reads it again and learns why
  return { fresh: () => fresh()?.secret, read: () => fresh()?.answer ?? begin() };
}

interface Reading {
  readonly atMs: number;
  readonly answer: Promise<string>;
  secret: string | undefined;
}
