import { isObject, isString } from '../queue/checks.ts';
import { readJson } from '../queue/json.ts';

const isJson = (text: string): boolean => readJson(text) !== undefined;

interface StandIn {
  readonly isGood: (text: string) => boolean;
  /** For what is not: what our own readers take for unreadable, each job by itself. */
  readonly otherwise: (text: string) => string;
}

/** What BullMQ reads of a job as JSON. */
const standIns: readonly (readonly [field: string, StandIn])[] = [
  ['data', { isGood: isJson, otherwise: (text) => JSON.stringify(text) }],
  ['progress', { isGood: isJson, otherwise: () => '0' }],
  ['opts', { isGood: (text) => isObject(readJson(text)), otherwise: () => '{}' }],
  ['parent', { isGood: isJson, otherwise: () => '' }],
];

/**
 * An answer of Redis in which each job can be read by BullMQ. It would throw after the job was taken: the job would
 * come again and again, and with it, each time, a job whose end has just been written would fail.
 * @param answer what BullMQ gets where it asks for a job: the job's fields, and more
 */
export function readable<Answer>(answer: Answer): Answer {
  const fields: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (!isObject(fields)) return answer;
  for (const [field, { isGood, otherwise }] of standIns) {
    const text: unknown = Reflect.get(fields, field);
    if (isString(text) && text !== '' && !isGood(text)) Reflect.set(fields, field, otherwise(text));
  }
  return answer;
}
