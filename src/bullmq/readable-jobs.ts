import type { BackendFactory, RedisQueueBackend } from 'bullmq';
import { isObject, isString } from '../queue/checks.ts';
import { readJson } from '../queue/json.ts';
import type { BullValue } from './scripts.ts';

/** Commands whose answer may be a job to be worked on: its fields and values in turn, its id, and more. */
const takingCommands: ReadonlySet<string> = new Set(['moveToActive', 'moveToFinished']);

const isJson = (text: string): boolean => readJson(text) !== undefined;

interface StandIn {
  readonly isGood: (text: string) => boolean;
  /** For what is not: what our own readers take for unreadable, each job by itself. */
  readonly otherwise: (text: string) => string;
}

/** What BullMQ reads of a job as JSON. */
const standIns: ReadonlyMap<unknown, StandIn> = new Map<unknown, StandIn>([
  ['data', { isGood: isJson, otherwise: (text) => JSON.stringify(text) }],
  ['progress', { isGood: isJson, otherwise: () => '"no JSON"' }],
  ['opts', { isGood: (text) => isObject(readJson(text)), otherwise: () => '{}' }],
  ['parent', { isGood: isJson, otherwise: () => '' }],
]);

/**
 * Access to Redis through which no job comes that BullMQ cannot read. It would throw after the job was taken: the
 * job would come again and again, and with it, each time, a job whose end has just been written would fail.
 */
export function readableJobs(
  createBackend: BackendFactory<RedisQueueBackend>,
): BackendFactory<RedisQueueBackend> {
  return (name, opts, options) => {
    const backend = createBackend(name, opts, options);
    const run = backend.execCommand.bind(backend);
    backend.execCommand = (client, command, values: BullValue[]) => {
      const answer = run(client, command, values);
      return takingCommands.has(command) ? answer.then(mend) : answer;
    };
    return backend;
  };
}

function mend(answer: unknown): unknown {
  const fields: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (!Array.isArray(fields)) return answer;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const text: unknown = fields[at + 1];
    const standIn = standIns.get(fields[at]);
    if (standIn && isString(text) && text !== '' && !standIn.isGood(text)) {
      fields[at + 1] = standIn.otherwise(text);
    }
  }
  return answer;
}
