import { defaultMaxJobBytes, maxMessagesOfJob, smallestMaxJobBytes } from '../message/job-size.ts';
import { isPartsModel, type PartsModel, partsModelNames } from '../message/parts-models.ts';
import type { SurfaceName } from '../message/surface.ts';
import type { ShownInEvents } from '../queue/event-entry.ts';
import { mediaMemoryMs } from '../queue/media.ts';
import { defaultAccount, defaultPrefix } from '../queue/names.ts';
import { isRedisAddress, redisAddressForm } from '../queue/redis-address.ts';
import { ProducerError } from './errors.ts';

/** What a producer must know of an account to refuse bad messages before they are enqueued. */
export interface ProducerAccount {
  /** The sender title used where a message names none. */
  readonly title?: string;
  /** The account's character set; default `utf-8`. */
  readonly charset?: 'utf-8' | 'iso-8859-9';
  /** The account's longest text in characters; default 160 (JetSMS customer service changes it). */
  readonly maxTextLength?: 160 | 306 | 459 | 612;
  /**
   * How SMS parts are counted, in receipts and for the credit: an assumption about what JetSMS charges (docs/parts.md).
   * Default `list`, by the lengths of JetSMS's list of codes.
   */
  readonly partsModel?: PartsModel;
  /** How the worker speaks to JetSMS for this account; default `xml`. Only `web-service` carries MMS. */
  readonly surface?: SurfaceName;
  /** Content types that an MMS may carry; the default is our choice (docs/mms.md). */
  readonly mmsContentTypes?: readonly string[];
  /** The largest medium of an MMS in bytes; default 307,200 (300 KB), our choice (docs/mms.md). */
  readonly mmsMaxBytes?: number;
}

export interface ProducerOptions {
  /** Where Redis is, for example `redis://127.0.0.1:6379`; `rediss://` for TLS; a socket by its absolute path. */
  readonly redis: string;
  /** Accounts by name; a message without `account` goes to the first of them. Default: one, `default`. */
  readonly accounts?: Readonly<Record<string, ProducerAccount>>;
  /** Prefix of all keys in Redis; must be the worker's. Default `{jetsms}`. */
  readonly prefix?: string;
  /** How long an idempotency key is remembered after the message may leave, in milliseconds; default 24 hours. */
  readonly idempotencyWindowMs?: number;
  /** Messages of a campaign that travel in one request; default 1,000. The same each time a campaign is enqueued. */
  readonly requestSize?: number;
  /**
   * The largest send job in bytes of JSON; default 20,000,000, and never more than the workers' setting of this name.
   * Campaigns are cut into smaller jobs than `requestSize` where the account's longest texts would not fit. The same
   * each time a campaign is enqueued.
   */
  readonly maxJobBytes?: number;
  /** How long a campaign's jobs are remembered, so that enqueueing again adds nothing, in milliseconds; default 30 days. */
  readonly campaignWindowMs?: number;
  /** How long the medium of an MMS is kept after its deadline, for a replay, in milliseconds; default 90 days. */
  readonly mediaMemoryMs?: number;
  /**
   * How long it is remembered what became of a message, after its end, in milliseconds; default 7 days. The same as the workers'
   * setting of this name: so far back `status()` looks, and so long is kept what `cancel()` ends.
   */
  readonly keepStatusMs?: number;
  /** What the event of a message that `cancel()` ends shows of its recipient; default `nothing`. As the workers' setting of this name. */
  readonly eventsShow?: EventsShow;
  /** How long Redis may leave a send without an answer, in milliseconds; default 1,000. A busy Redis is waited for. */
  readonly redisTimeoutMs?: number;
}

export type ResolvedOptions = Required<ProducerOptions> & { readonly defaultAccount: string };

const day = 24 * 60 * 60 * 1_000;
const defaultKeepStatusMs = 7 * day;
const mostKeepStatusMs = 365 * day;

/** What events show of the person whom a message went to. */
export const eventsShowChoices = ['nothing', 'number', 'number-and-text'] as const;
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

/** What must be true of the options, and what is said where it is not. */
function rulesFor(options: ResolvedOptions): readonly (readonly [isMet: boolean, problem: string])[] {
  const accounts = Object.entries(options.accounts);
  return [
    [
      typeof options.redis === 'string' && isRedisAddress(options.redis),
      `redis must be ${redisAddressForm}.`,
    ],
    [accounts.length > 0, 'accounts must name at least one account.'],
    ...accounts.map(
      ([name], index) =>
        [
          accountName.test(name),
          `account name at position ${index + 1} must be lower-case letters, digits and hyphens, at most 32.`,
        ] as const,
    ),
    ...accounts.map(
      ([, account], index) =>
        [
          account?.partsModel === undefined || isPartsModel(account.partsModel),
          `partsModel of the account at position ${index + 1} must be one of ${partsModelNames.join(', ')}.`,
        ] as const,
    ),
    [typeof options.prefix === 'string' && options.prefix !== '', 'prefix must be a text.'],
    [isPositive(options.idempotencyWindowMs), 'idempotencyWindowMs must be a positive number.'],
    [
      isWholeFrom(1, maxMessagesOfJob, options.requestSize),
      'requestSize must be a whole number from 1 to 10,000.',
    ],
    [
      isWholeFrom(smallestMaxJobBytes, Number.MAX_SAFE_INTEGER, options.maxJobBytes),
      'maxJobBytes must be a whole number from 100,000.',
    ],
    [isPositive(options.campaignWindowMs), 'campaignWindowMs must be a positive number.'],
    [isPositive(options.mediaMemoryMs), 'mediaMemoryMs must be a positive number.'],
    [
      isWholeFrom(0, mostKeepStatusMs, options.keepStatusMs),
      'keepStatusMs must be a whole number from 0 to 31,536,000,000 (365 days).',
    ],
    [
      eventsShowChoices.some((choice) => choice === options.eventsShow),
      `eventsShow must be one of ${eventsShowChoices.join(', ')}.`,
    ],
    [isPositive(options.redisTimeoutMs), 'redisTimeoutMs must be a positive number.'],
  ];
}

const problemsOf = (options: ResolvedOptions): readonly string[] =>
  rulesFor(options)
    .filter(([isMet]) => !isMet)
    .map(([, problem]) => problem);

/** How long things are remembered, and waited for. */
const memoriesOf = (options: ProducerOptions) => ({
  idempotencyWindowMs: options.idempotencyWindowMs ?? day,
  campaignWindowMs: options.campaignWindowMs ?? 30 * day,
  mediaMemoryMs: options.mediaMemoryMs ?? mediaMemoryMs,
  keepStatusMs: options.keepStatusMs ?? defaultKeepStatusMs,
  redisTimeoutMs: options.redisTimeoutMs ?? 1_000,
});

/**
 * Fills in the defaults of a producer's options.
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` with all problems at once
 */
export function resolveOptions(options: ProducerOptions): ResolvedOptions {
  const accounts = options.accounts ?? { [defaultAccount]: {} };
  // One by one: an option that is there but undefined, such as an unset variable, means its default too.
  const resolved: ResolvedOptions = {
    redis: options.redis,
    accounts,
    defaultAccount: Object.keys(accounts)[0] ?? defaultAccount,
    prefix: options.prefix ?? defaultPrefix,
    requestSize: options.requestSize ?? 1_000,
    maxJobBytes: options.maxJobBytes ?? defaultMaxJobBytes,
    eventsShow: options.eventsShow ?? 'nothing',
    ...memoriesOf(options),
  };
  const problems = problemsOf(resolved);
  if (problems.length > 0)
    throw new ProducerError('PRODUCER_OPTIONS_INVALID', { detail: problems.join(' ') });
  return resolved;
}
