import { type Redis, ReplyError } from 'ioredis';

/** Redis' own word for what it refuses; undefined where it does not. */
export async function refusalOf(answer: Promise<unknown>): Promise<string | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    return /^[A-Z]+/.exec(error instanceof Error ? error.message : '')?.[0] ?? 'ERR';
  }
}

/** Undefined where Redis refuses the answer. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ReplyError) return undefined;
    throw error;
  }
}

export function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(
    pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const),
  );
}

export const configOf = async (redis: Redis, name: string): Promise<string | undefined> =>
  configValue(await unlessRefused(redis.config('GET', name)), name);

/** RESP2 answers with a list, RESP3 with a map. */
function configValue(answer: unknown, name: string): string | undefined {
  if (Array.isArray(answer)) return typeof answer[1] === 'string' ? answer[1] : undefined;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const value: unknown = Reflect.get(answer, name);
  return typeof value === 'string' ? value : undefined;
}
