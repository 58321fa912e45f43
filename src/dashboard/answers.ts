import { meaningOfDeath } from '../queue/dead-letter-meaning.ts';
import { deadReasons } from '../queue/journal.ts';
import { codeWord } from './words.ts';

/** A job as Bull Board answers with it, of any form: our formatters have been over data, progress, name and result. */
type Job = Readonly<Record<string, unknown>>;

/** What is known beside the answer itself. */
export interface Facts {
  /** Bull Board's name of a queue → the hold of its account in words; nothing where there is none. */
  readonly holds: ReadonlyMap<string, string>;
  /** Bull Board's names of the dead-letter queues. */
  readonly deadQueues: ReadonlySet<string>;
}

/** One answer of Bull Board's API: which route it is of, for which queue, and what it says. */
export interface Answer {
  readonly route: string;
  readonly queueName: string;
  readonly body: unknown;
}

/**
 * Rewrites the answers in which Bull Board repeats a job as it lies in Redis: jobs keep only fields that we know,
 * logs lose their words, and what no queue of ours has (flows, schedulers) is answered as none. Errors and every
 * other answer pass as they are; `maskAnswer` goes over all of them afterwards.
 */
export function rewriteAnswer({ route, queueName, body }: Answer, facts: Facts): unknown {
  if (!mayHoldJobs(body)) return body;
  switch (route) {
    case '/api/queues':
      return { ...body, queues: listOf(body, 'queues').map((queue) => queueView(queue, facts)) };
    case '/api/queues/:queueName/:jobId':
      return isRecord(body) ? { ...body, job: jobView(body['job'], facts.holds.get(queueName)) } : body;
    case '/api/queues/:queueName/:jobId/logs':
      return (Array.isArray(body) ? body : []).map(logLine);
    case '/api/queues/:queueName/:jobId/flow':
      return { nodeId: isRecord(body) ? body['nodeId'] : '', isFlowNode: false, flowRoot: null };
    case '/api/job-schedulers':
      return { schedulers: [] };
    default:
      return body;
  }
}

const mayHoldJobs = (body: unknown): body is object =>
  isRecord(body) ? !('error' in body) : Array.isArray(body);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function listOf(body: unknown, key: string): readonly unknown[] {
  const list = isRecord(body) ? body[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function queueView(queue: unknown, { holds, deadQueues }: Facts): unknown {
  if (!isRecord(queue)) return {};
  const name = String(queue['name']);
  const hold = holds.get(name);
  return {
    ...queue,
    ...(hold === undefined ? {} : { description: `${queue['description'] ?? ''} ${hold}`.trim() }),
    // Nothing ever works on dead letters: a warning that nobody does would be wrong.
    ...(deadQueues.has(name) ? { hasWorkers: null } : {}),
    jobs: listOf(queue, 'jobs').map((job) => jobView(job, hold)),
  };
}

/** Fields that Bull Board fills with numbers, flags and ids, or that our formatters have filled. */
const keptFields = [
  'id',
  'timestamp',
  'processedOn',
  'processedBy',
  'finishedOn',
  'delay',
  'priority',
  'isFailed',
  'attemptsStarted',
  'stalledCounter',
  'data',
  'name',
  'returnValue',
] as const;

function jobView(job: unknown, hold: string | undefined): Job {
  if (!isRecord(job)) return {};
  const isOver = typeof job['finishedOn'] === 'number';
  const progress = isRecord(job['progress']) ? job['progress'] : {};
  return {
    ...Object.fromEntries(keptFields.flatMap((field) => (field in job ? [[field, job[field]]] : []))),
    progress: hold === undefined || isOver ? progress : { ...progress, hold },
    // Attempts are counted in the journal; BullMQ's own count says something else.
    attempts: typeof progress['attempts'] === 'number' ? progress['attempts'] : 0,
    opts: optionsView(job['opts']),
    failedReason: failureWords(job['failedReason']),
    stacktrace: listOf(job, 'stacktrace').map(frames),
  };
}

function optionsView(options: unknown): Job {
  if (!isRecord(options)) return {};
  const { priority, delay, deduplication } = options;
  const key = isRecord(deduplication) ? deduplication['id'] : undefined;
  return {
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(typeof delay === 'number' ? { delay } : {}),
    ...(typeof key === 'string' && /^(?:k[0-9a-f]{24}|c[0-9a-f]{20}-\d{1,9})$/.test(key)
      ? { deduplicationId: key }
      : {}),
  };
}

/** Why a job failed: only in words that the worker writes, or BullMQ itself. Any other error may quote anything. */
function failureWords(reason: unknown): string | undefined {
  if (reason === undefined || reason === null || reason === '') return undefined;
  const [, dead, code] = /^dead letter: ([a-z-]+)(?: ([\w-]{1,32}))?$/.exec(String(reason)) ?? [];
  const known = deadReasons.find((one) => one === dead);
  if (known) {
    const facts = { reason: known, ...(code === undefined ? {} : { code: codeWord(code) }) };
    return `dead letter: ${[known, facts.code].filter(Boolean).join(' ')}: ${meaningOfDeath(facts)}`;
  }
  return ownWordsOfBullMq.has(String(reason))
    ? String(reason)
    : 'An error whose words are not shown here; see the log.';
}

const ownWordsOfBullMq: ReadonlySet<string> = new Set(['job stalled more than allowable limit']);

const frame =
  /^ {4}at (?:async )?(?:[\w$.<>#[\] ]{1,100} \()?(?:file:|node:|\/|[A-Za-z]:\\)[^\s()]{1,300}:\d+:\d+\)?$/;

/** A stack without the error's own words. */
function frames(stack: unknown): string {
  const lines = String(stack).split('\n');
  return ['(words not shown)', ...lines.filter((line) => frame.test(line))].join('\n');
}

/** Nothing of ours writes logs to a job, so nobody knows what those who do write there. */
const logLine = (line: unknown): string => `(a line of ${String(line).length} characters, not shown)`;
