import { defaultMaxJobBytes, maxMessagesOfJob, smallestMaxJobBytes } from '../message/job-size.ts';
import type { PartsModel } from '../message/parts-models.ts';
import type { SurfaceName } from '../message/surface.ts';
import type { ShownInEvents } from '../queue/event-entry.ts';
import { mediaMemoryMs } from '../queue/media.ts';
import { defaultAccount, defaultPrefix } from '../queue/names.ts';
import { type RedisTls, redisOptionProblems } from '../queue/redis-target.ts';
import { isObject, rulesForAccount } from './account-rules.ts';
import { ProducerError } from './errors.ts';

/** What a producer must know of an account to refuse bad messages before they are enqueued. */
export interface ProducerAccount {
  /**
   * The sender title used where a message names none.
   * @default none: each message names its own
   */
  readonly title?: string;
  /**
   * The account's character set.
   * @default utf-8
   */
  readonly charset?: 'utf-8' | 'iso-8859-9';
  /**
   * The account's longest text in characters; JetSMS customer service changes it.
   * @default 160
   */
  readonly maxTextLength?: 160 | 306 | 459 | 612;
  /**
   * How SMS parts are counted, in receipts and for the credit: an assumption about what JetSMS charges ([parts.md](parts.md)).
   * @default list (by the lengths of JetSMS's list of codes)
   */
  readonly partsModel?: PartsModel;
  /**
   * How the worker speaks to JetSMS for this account. Only `web-service` carries MMS.
   * @default xml
   */
  readonly surface?: SurfaceName;
  /**
   * Content types that an MMS may carry; the default is our choice ([mms.md](mms.md)).
   * @default image/jpeg, image/gif, image/png, audio/amr, audio/mpeg, video/3gpp, text/plain
   */
  readonly mmsContentTypes?: readonly string[];
  /**
   * The largest medium of an MMS in bytes; the default is our choice ([mms.md](mms.md)).
   * @default 307200 (300 KB)
   */
  readonly mmsMaxBytes?: number;
}

/** What `createProducer()` is given. Lengths of time are numbers of milliseconds. */
export interface ProducerOptions {
  /**
   * Where Redis is, for example `redis://127.0.0.1:6379`; `rediss://` for TLS; a socket by its absolute path; behind Sentinels
   * `redis+sentinel://host:26379,host:26379/name`; a cluster `redis+cluster://host:7000,host:7001`. All forms are in
   * [redis.md](redis.md).
   */
  readonly redis: string;
  /**
   * What TLS goes by, where `redis` begins with `rediss`: `ca`, `cert` and `key` as texts in PEM, `serverName`.
   * @default none (what Node.js trusts, no certificate of one's own, the host of the address)
   */
  readonly redisTls?: RedisTls;
  /**
   * Accounts by name; a message without `account` goes to the first of them.
   * @default one, `default`, without a title
   */
  readonly accounts?: Readonly<Record<string, ProducerAccount>>;
  /**
   * Prefix of all keys in Redis; must be the worker's.
   * @default {jetsms}
   */
  readonly prefix?: string;
  /**
   * How long an idempotency key is remembered after the message may leave, in milliseconds.
   * @default 86400000 (24 hours)
   */
  readonly idempotencyWindowMs?: number;
  /**
   * Messages of a campaign that travel in one request, 1 to 10,000. The same each time a campaign is enqueued.
   * @default 1000
   */
  readonly requestSize?: number;
  /**
   * The largest send job in bytes of JSON, from 100,000; never more than the workers' setting of this name.
   * Campaigns are cut into smaller jobs than `requestSize` where the account's longest texts would not fit. The same
   * each time a campaign is enqueued.
   * @default 20000000
   */
  readonly maxJobBytes?: number;
  /**
   * How long a campaign's jobs are remembered, so that enqueueing again adds nothing, in milliseconds.
   * @default 2592000000 (30 days)
   */
  readonly campaignWindowMs?: number;
  /**
   * How long the medium of an MMS is kept after its deadline, for a replay, in milliseconds.
   * @default 7776000000 (90 days)
   */
  readonly mediaMemoryMs?: number;
  /**
   * How long it is remembered what became of a message, after its end, in milliseconds, up to 365 days. The same as the workers'
   * setting of this name: so far back `status()` looks, and so long is kept what `cancel()` ends.
   * @default 604800000 (7 days)
   */
  readonly keepStatusMs?: number;
  /**
   * What the event of a message that `cancel()` ends shows of its recipient. As the workers' setting of this name.
   * @default nothing
   */
  readonly eventsShow?: EventsShow;
  /**
   * How long Redis may leave a send without an answer, in milliseconds. A busy Redis is waited for.
   * @default 1000
   */
  readonly redisTimeoutMs?: number;
  /**
   * How many replicas of Redis must have what is stored, or changed, before a call resolves; for `redisTimeoutMs` / 2 they are
   * waited for, then the call rejects with `REDIS_UNCONFIRMED`. What it costs and keeps: [redis.md](redis.md#replicastoconfirm).
   * @default 0 (none is asked)
   */
  readonly replicasToConfirm?: number;
}

export type ResolvedOptions = Required<Omit<ProducerOptions, 'redisTls'>> &
  Pick<ProducerOptions, 'redisTls'> & { readonly defaultAccount: string };

const day = 24 * 60 * 60 * 1_000;
const defaultKeepStatusMs = 7 * day;
const mostKeepStatusMs = 365 * day;

/** What events show of the person whom a message went to. */
export const eventsShowChoices = ['nothing', 'number', 'number-and-text'] as const;
/** What events show of the person whom a message went to. */
export type EventsShow = (typeof eventsShowChoices)[number];

/** The same, as ends and events take it. */
export const shownOf = (eventsShow: EventsShow): ShownInEvents => ({
  number: eventsShow !== 'nothing',
  text: eventsShow === 'number-and-text',
});

const accountName = /^[a-z0-9][a-z0-9-]{0,31}$/;

const isPositive = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

const isWholeFrom = (least: number, most: number, value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** Redis takes whole milliseconds only, and would refuse each send that names another length. */
const isWindow = (value: unknown): boolean => isWholeFrom(1, 10 * 366 * 86_400_000, value);
const windowWords = 'a whole number of milliseconds from 1 to ten years';

/** What must be true of the options, and what is said where it is not. */
function rulesFor(options: ResolvedOptions): readonly (readonly [isMet: boolean, problem: string])[] {
  const accounts = Object.entries(options.accounts);
  return [
    ...redisOptionProblems(options.redis, options.redisTls).map((problem) => [false, problem] as const),
    [accounts.length > 0, 'accounts must name at least one account.'],
    ...accounts.map(
      ([name], index) =>
        [
          accountName.test(name),
          `account name at position ${index + 1} must be lower-case letters, digits and hyphens, at most 32.`,
        ] as const,
    ),
    ...accounts.flatMap(([, account], index) => rulesForAccount(account, index + 1)),
    [typeof options.prefix === 'string' && options.prefix !== '', 'prefix must be a text.'],
    [isWindow(options.idempotencyWindowMs), `idempotencyWindowMs must be ${windowWords}.`],
    [
      isWholeFrom(1, maxMessagesOfJob, options.requestSize),
      'requestSize must be a whole number from 1 to 10,000.',
    ],
    [
      isWholeFrom(smallestMaxJobBytes, Number.MAX_SAFE_INTEGER, options.maxJobBytes),
      'maxJobBytes must be a whole number from 100,000.',
    ],
    [isWindow(options.campaignWindowMs), `campaignWindowMs must be ${windowWords}.`],
    [isWindow(options.mediaMemoryMs), `mediaMemoryMs must be ${windowWords}.`],
    [
      isWholeFrom(0, mostKeepStatusMs, options.keepStatusMs),
      'keepStatusMs must be a whole number from 0 to 31,536,000,000 (365 days).',
    ],
    [
      eventsShowChoices.some((choice) => choice === options.eventsShow),
      `eventsShow must be one of ${eventsShowChoices.join(', ')}.`,
    ],
    [isPositive(options.redisTimeoutMs), 'redisTimeoutMs must be a positive number.'],
    [isWholeFrom(0, 10, options.replicasToConfirm), 'replicasToConfirm must be a whole number from 0 to 10.'],
  ];
}

const problemsOf = (options: ResolvedOptions): readonly string[] =>
  rulesFor(options)
    .filter(([isMet]) => !isMet)
    .map(([, problem]) => problem);

/** How long things are remembered, and Redis and its replicas are waited for. */
const memoriesOf = (options: ProducerOptions) => ({
  idempotencyWindowMs: options.idempotencyWindowMs ?? day,
  campaignWindowMs: options.campaignWindowMs ?? 30 * day,
  mediaMemoryMs: options.mediaMemoryMs ?? mediaMemoryMs,
  keepStatusMs: options.keepStatusMs ?? defaultKeepStatusMs,
  redisTimeoutMs: options.redisTimeoutMs ?? 1_000,
  replicasToConfirm: options.replicasToConfirm ?? 0,
});

/**
 * Fills in the defaults of a producer's options.
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` with all problems at once
 */
export function resolveOptions(options: ProducerOptions): ResolvedOptions {
  // In JavaScript a caller may give anything, or nothing.
  if (!isObject(options)) throw optionsInvalid('The options must be an object with at least `redis`.');
  const accounts = options.accounts ?? { [defaultAccount]: {} };
  if (!isObject(accounts)) throw optionsInvalid('accounts must be an object of accounts by their names.');
  // One by one: an option that is there but undefined, such as an unset variable, means its default too.
  const resolved: ResolvedOptions = {
    redis: options.redis,
    ...(options.redisTls === undefined ? {} : { redisTls: options.redisTls }),
    accounts,
    defaultAccount: Object.keys(accounts)[0] ?? defaultAccount,
    prefix: options.prefix ?? defaultPrefix,
    requestSize: options.requestSize ?? 1_000,
    maxJobBytes: options.maxJobBytes ?? defaultMaxJobBytes,
    eventsShow: options.eventsShow ?? 'nothing',
    ...memoriesOf(options),
  };
  const problems = problemsOf(resolved);
  if (problems.length > 0) throw optionsInvalid(problems.join(' '));
  return resolved;
}

const optionsInvalid = (detail: string): ProducerError =>
  new ProducerError('PRODUCER_OPTIONS_INVALID', { detail });
