import type { Queue } from 'bullmq';
import { isObject, isString } from '../queue/checks.ts';
import { readJson } from '../queue/json.ts';

const isJson = (text: string): boolean => readJson(text) !== undefined;

/**
 * An answer of Redis in which the data of the job can be read by BullMQ: what is no JSON becomes the text that it is,
 * which our own reader takes for unreadable.
 * @param answer what BullMQ gets where it asks for a job: the job's fields, and more
 */
export function readable<Answer>(answer: Answer): Answer {
  const fields: unknown = Array.isArray(answer) ? answer[0] : undefined;
  const data: unknown = isObject(fields) ? Reflect.get(fields, 'data') : undefined;
  if (isObject(fields) && isString(data) && data !== '' && !isJson(data))
    Reflect.set(fields, 'data', JSON.stringify(data));
  return answer;
}

/** Whether BullMQ has thrown because what it read of a job is not the JSON that it must be. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof SyntaxError || error instanceof TypeError;

/** What BullMQ reads as JSON beside the data, and what stands for nothing there. */
const fields = ['opts', 'progress', 'parent'] as const;
const nothing = { opts: '{}', progress: '0', parent: '' } as const;
const isGood = (field: (typeof fields)[number], text: string | null): boolean =>
  text === null || text === '' || (field === 'opts' ? isObject(readJson(text)) : isJson(text));

/**
 * Takes away what BullMQ cannot read of the jobs in hand. It throws at such a job after it has taken it, so nobody works on
 * it; when its lock has run out it comes again, and can be read.
 */
export async function mendUnreadable(queue: Queue): Promise<void> {
  const redis = await queue.getBackend().client;
  for (const id of await queue.getRanges(['active'])) {
    const key = queue.toKey(id);
    for (const field of fields) {
      const text = await redis.hget(key, field);
      if (!isGood(field, text)) await redis.hset(key, { [field]: nothing[field] });
    }
  }
}
