import { setTimeout as sleep } from 'node:timers/promises';
import { redisNotReady } from '../queue/redis-trouble.ts';

/** A Redis that lets itself be connected to and then says nothing must not keep anybody waiting. */
export async function answerWithin<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(limitMs, undefined, { signal: over.signal }).then(() => {
    throw redisNotReady(`Redis gave no answer within ${limitMs} ms`, undefined);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort();
  }
}
