import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { AfterHook, BeforeHook, UIConfig } from '@bull-board/api/typings/app';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginCallback } from 'fastify';
import { readRecord } from '../bullmq/find-job.ts';
import { type Job, openLookedAtQueue, type Queue } from '../bullmq/looked-at-queue.ts';
import type { Logger } from '../log/logger.ts';
import { type Lane, lanes } from '../message/lane.ts';
import { type AccountHold, listHolds } from '../operator/hold-operations.ts';
import { type AccountPlace, deadQueueName, placeOf, queueName } from '../queue/names.ts';
import { parseJournalText } from '../queue/parse-journal.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { Hold } from '../worker/account/hold-record.ts';
import { finishedJournal } from '../worker/verdict/journal-entries.ts';
import { refusal } from './access.ts';
import { type Facts, rewriteAnswer } from './answers.ts';
import {
  deadLetterData,
  deadLetterName,
  journalView,
  returnView,
  sendJobData,
  sendJobName,
} from './job-views.ts';
import { maskAnswer } from './mask.ts';
import { holdWords } from './words.ts';

export interface BoardOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  readonly writable: boolean;
  /** Path without a slash at its end; '' for the root. */
  readonly basePath: string;
  /** Never to be shown, wherever they come from. */
  readonly secrets: readonly string[];
  readonly log: Logger;
}

/** Bull Board over all accounts' queues, with everything it says masked and all but a few operations refused. */
export interface Board {
  readonly plugin: FastifyPluginCallback;
  /** The queues as the board names them. */
  readonly queueNames: ReadonlySet<string>;
  /** Resolves when every queue can be asked; rejects where Redis went away before that: then they never can. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** An account's queue and its dead letters, as the board has them. */
interface AccountBoard {
  readonly account: string;
  readonly queues: readonly Queue[];
  readonly lanes: ReadonlyMap<Lane, BullMQAdapter>;
  readonly dead: BullMQAdapter;
}

/** In front of a queue's name on the board, so that it groups by account. Not a character of account names. */
const delimiter = '/';

export function createBoard(options: BoardOptions): Board {
  const { accounts, basePath, writable, secrets, log } = options;
  const boards = accounts.map((account) => boardOf(account, options));
  const readFacts = factsOf(boards, options);

  const before: BeforeHook = ({ method, route }) => {
    const words = refusal({ method, route }, writable);
    return words === undefined
      ? { allow: true }
      : { allow: false, status: writable ? 403 : 405, message: words };
  };
  const after: AfterHook = async ({ route, request }, result) => {
    const queue = String(request.params['queueName'] ?? '');
    const rewritten = rewriteAnswer({ route, queueName: queue, body: result.body }, await readFacts(route));
    return { ...result, body: maskAnswer(rewritten, secrets) as typeof result.body };
  };

  const adapter = new FastifyAdapter();
  adapter.setBasePath(basePath);
  createBullBoard({
    queues: boards.flatMap(({ lanes, dead }) => [...lanes.values(), dead]),
    serverAdapter: adapter,
    options: { uiConfig: uiConfig(writable), handlerHooks: { before, after } },
  });
  adapter.setErrorHandler((error) => errorAnswer(error, log));
  return {
    plugin: adapter.registerPlugin(),
    queueNames: new Set(
      boards.flatMap(({ lanes, dead }) => [...lanes.values(), dead].map((adapter) => adapter.getName())),
    ),
    async ready() {
      await Promise.all(boards.flatMap(({ queues }) => queues.map((queue) => queue.waitUntilReady())));
    },
    async close() {
      await Promise.all(boards.flatMap(({ queues }) => queues.map((queue) => queue.close())));
    },
  };
}

function boardOf(account: string, options: BoardOptions): AccountBoard {
  const { redis, writable } = options;
  const place = placeOf(redis, options.prefix, account);
  const common = { prefix: `${account}${delimiter}`, delimiter, allowRetries: false };
  const laneQueues = lanes.map(
    (lane) => [lane, openQueue(queueName(account, lane), place, options)] as const,
  );
  const deadQueue = openQueue(deadQueueName(account), place, options);
  const adapters = laneQueues.map(([lane, queue]) => {
    const readJournal = async (id: string): Promise<string> =>
      (await readRecord(redis, place, lane, id)).journal;
    const adapter = new SendJobsAdapter(queue, readJournal, {
      ...common,
      readOnlyMode: !writable,
      displayName: `${account}: ${lane}`,
      description: `Messages of account ${account}, lane ${lane}.`,
    });
    setFormatters(adapter, { data: sendJobData, name: sendJobName, progress: journalView });
    return [lane, adapter] as const;
  });
  const dead = new BullMQAdapter(deadQueue, {
    ...common,
    // Nothing works on dead letters; the command line replays and discards them.
    readOnlyMode: true,
    displayName: `${account}: dead letters`,
    description: `Dead letters of account ${account}: messages given up, each with its reason. They are replayed with: jetsms dead replay`,
  });
  setFormatters(dead, { data: deadLetterData, name: deadLetterName, progress: noProgress });
  return {
    account,
    queues: [...laneQueues.map(([, queue]) => queue), deadQueue],
    lanes: new Map(adapters),
    dead,
  };
}

/** Shows jobs with the journal of their record, where BullMQ would show their progress. */
class SendJobsAdapter extends BullMQAdapter {
  readonly #readJournal: (id: string) => Promise<string>;

  constructor(
    queue: Queue,
    readJournal: (id: string) => Promise<string>,
    options: ConstructorParameters<typeof BullMQAdapter>[1],
  ) {
    super(queue, options);
    this.#readJournal = readJournal;
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && this.#withJournal(job);
  }

  override async getJobs(...range: Parameters<BullMQAdapter['getJobs']>): Promise<Job[]> {
    return Promise.all((await super.getJobs(...range)).map((job) => this.#withJournal(job)));
  }

  async #withJournal(job: Job): Promise<Job> {
    const text = await this.#readJournal(job.id ?? '');
    const read = parseJournalText(text);
    // What cannot be read is left to the view, which says so.
    job.progress = read.ok ? { ...finishedJournal(read.journal, job) } : text;
    return job;
  }
}

const openQueue = (name: string, { prefix }: AccountPlace, { redis, log }: BoardOptions): Queue =>
  openLookedAtQueue(redis, { name, prefix }, (error) => log.debug({ err: error }, 'redis.error'));

interface Formatters {
  readonly data: (data: unknown) => unknown;
  readonly name: (job: object) => string;
  readonly progress: (progress: unknown) => unknown;
}

function setFormatters(adapter: BullMQAdapter, { data, name, progress }: Formatters): void {
  adapter.setFormatter('data', data);
  adapter.setFormatter('name', name);
  adapter.setFormatter('progress', progress);
  adapter.setFormatter('returnValue', returnView);
}

/** A dead letter goes nowhere; its way so far stands in its data. */
const noProgress = (): unknown => ({});

/** Routes whose answers show holds. */
const routesWithHolds: ReadonlySet<string> = new Set(['/api/queues', '/api/queues/:queueName/:jobId']);

function factsOf(
  boards: readonly AccountBoard[],
  { redis, prefix, accounts }: BoardOptions,
): (route: string) => Promise<Facts> {
  const deadQueues = new Set(boards.map(({ dead }) => dead.getName()));
  const namesOf = ({ account, hold }: AccountHold): readonly string[] => {
    const board = boards.find((one) => one.account === account);
    // A lane that was paused here stands still alone.
    const held = lanes.filter((lane) => hold?.lanes === undefined || hold.lanes.includes(lane));
    return held.flatMap((lane) => board?.lanes.get(lane)?.getName() ?? []);
  };
  return async (route) => {
    if (!routesWithHolds.has(route)) return { holds: new Map(), deadQueues };
    const holds = await listHolds(redis, { prefix, accounts });
    const named = holds.flatMap((one) =>
      one.hold ? namesOf(one).map((name) => [name, holdWords(one.hold as Hold)] as const) : [],
    );
    return { holds: new Map(named), deadQueues };
  };
}

const uiConfig = (writable: boolean): UIConfig => ({
  boardTitle: 'JetSMS delivery',
  hideDocsLink: true,
  sortQueues: false,
  showMetrics: false,
  overview: { groupByDelimiter: true },
  environment: writable
    ? { label: 'may pause and resume', color: '#b45309', textColor: '#ffffff' }
    : { label: 'read-only', color: '#475569', textColor: '#ffffff' },
});

type ErrorAnswer = ReturnType<Parameters<FastifyAdapter['setErrorHandler']>[0]>;

/** Without the error's own words: those of Redis quote what was sent to it. */
function errorAnswer(error: Error, log: Logger): ErrorAnswer {
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 500) log.error({ err: error }, 'dashboard.failed');
  const message =
    status < 500
      ? (answers.get(status) ?? 'The request cannot be understood.')
      : 'Redis does not answer, or something unforeseen happened; see the log of the dashboard.';
  return {
    status: status as ErrorAnswer['status'] & {},
    body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message },
  };
}

const answers: ReadonlyMap<number, string> = new Map([
  [401, 'A login is needed.'],
  [429, 'Too many wrong logins. Wait a minute.'],
]);
