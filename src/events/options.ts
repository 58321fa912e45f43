import { hostname } from 'node:os';
import { type EventType, eventTypes } from '../queue/event-entry.ts';
import { defaultAccount, defaultPrefix } from '../queue/names.ts';
import { redisAddressForm } from '../queue/redis-address.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { type RedisTls, redisOptionProblems, redisTlsOptionProblems } from '../queue/redis-target.ts';
import { EventsError } from './errors.ts';

/** What goes wrong without an end to the reading. */
export type EventsProblem =
  /** Redis is away or takes no writes; it is waited for. `cause` is a word. */
  | { readonly kind: 'redis'; readonly cause: string }
  /** An entry that nobody of ours wrote was passed over. */
  | { readonly kind: 'unreadable'; readonly account: string; readonly entryId: string }
  /** So many entries were dropped from the stream after they had been read and before they were acknowledged (`maxEvents`). */
  | { readonly kind: 'trimmed'; readonly account: string; readonly entries: number }
  /** The group had vanished, removed by somebody or lost with Redis' data; it was made again. */
  | { readonly kind: 'group-lost'; readonly account: string };

/** What `createEvents()` is given. */
export interface EventsOptions {
  /** Where Redis is, as for `createProducer()`, or a connection to use; that one stays open at `close()`. */
  readonly redis: string | RedisClient;
  /**
   * What TLS goes by, where `redis` is an address that begins with `rediss`; as for `createProducer()`.
   * @default none (what Node.js trusts, no certificate of one's own, the host of the address)
   */
  readonly redisTls?: RedisTls;
  /**
   * Prefix of all keys in Redis; must be the worker's.
   * @default {jetsms}
   */
  readonly prefix?: string;
  /**
   * One account or several.
   * @default default
   */
  readonly account?: string | readonly string[];
  /** Who is told: every group gets every event, and the consumers of one group share them. */
  readonly group: string;
  /**
   * What this consumer is called in Redis.
   * @default the machine's name and the process id
   */
  readonly consumer?: string;
  /**
   * The types wanted. What is filtered out counts as acknowledged.
   * @default all
   */
  readonly types?: readonly EventType[];
  /**
   * Where a group begins that is not there yet: with what happens from now on, or with all that the stream still has.
   * @default now
   */
  readonly from?: 'now' | 'beginning';
  /**
   * A consumer that gave no sign of life for so long is dead, and another takes over; milliseconds, 1,000 to 86,400,000.
   * @default 30000
   */
  readonly takeOverAfterMs?: number;
  /**
   * How often Redis is asked where nothing comes; milliseconds, 10 to 60,000.
   * @default 250
   */
  readonly pollMs?: number;
  /**
   * Entries that are read in one go, 1 to 10,000. The next are read when all events of these were taken.
   * @default 100
   */
  readonly readAhead?: number;
  /**
   * Told of what goes wrong without an end to the reading. Must not throw.
   * @default nobody is told
   */
  readonly onProblem?: (problem: EventsProblem) => void;
}

export type ResolvedEventsOptions = Required<Omit<EventsOptions, 'account' | 'types' | 'redisTls'>> & {
  readonly redisTls?: RedisTls;
  readonly accounts: readonly string[];
  readonly types: ReadonlySet<EventType> | undefined;
};

const accountName = /^[a-z0-9][a-z0-9-]{0,31}$/;
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether an account may be called so. */
export const isAccountName = (value: unknown): value is string =>
  typeof value === 'string' && accountName.test(value);

/** Whether this can be a connection of ioredis, of whatever copy of it. */
export const isRedisConnection = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'defineCommand' in value &&
  typeof value.defineCommand === 'function';

/** Whether a group or a consumer may be called so. */
export const isPlainName = (value: unknown): value is string =>
  typeof value === 'string' && plainName.test(value);

const isWholeFrom = (least: number, most: number, value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

const nameForm = '1 to 64 letters, digits and . _ -, the first a letter or a digit';
const day = 86_400_000;

function redisProblems({ redis, redisTls }: Pick<EventsOptions, 'redis' | 'redisTls'>): readonly string[] {
  if (typeof redis === 'string') return redisOptionProblems(redis, redisTls);
  const ofConnection = isRedisConnection(redis)
    ? []
    : [`redis must be ${redisAddressForm}, or a connection of ioredis.`];
  return [...ofConnection, ...redisTlsOptionProblems(redis, redisTls)];
}

/** What must be true of the options, and what is said where it is not. */
function rulesFor(options: ResolvedEventsOptions): readonly (readonly [isMet: boolean, problem: string])[] {
  const { accounts, types, from, onProblem } = options;
  return [
    ...redisProblems(options).map((problem) => [false, problem] as const),
    [typeof options.prefix === 'string' && options.prefix !== '', 'prefix must be a text.'],
    [accounts.length > 0, 'account must name at least one account.'],
    ...accounts.map(
      (name, index) =>
        [
          isAccountName(name),
          `account name at position ${index + 1} must be lower-case letters, digits and hyphens, at most 32.`,
        ] as const,
    ),
    [isPlainName(options.group), `group must be ${nameForm}.`],
    [isPlainName(options.consumer), `consumer must be ${nameForm}.`],
    [
      types === undefined || [...types].every((type) => eventTypes.includes(type)),
      `types must be some of ${eventTypes.join(', ')}.`,
    ],
    [from === 'now' || from === 'beginning', "from must be 'now' or 'beginning'."],
    [
      isWholeFrom(1_000, day, options.takeOverAfterMs),
      'takeOverAfterMs must be a whole number from 1,000 to 86,400,000.',
    ],
    [isWholeFrom(10, 60_000, options.pollMs), 'pollMs must be a whole number from 10 to 60,000.'],
    [isWholeFrom(1, 10_000, options.readAhead), 'readAhead must be a whole number from 1 to 10,000.'],
    [typeof onProblem === 'function', 'onProblem must be a function.'],
  ];
}

/** Hosts may be called by what no consumer may be called by. */
const ownName = (): string => `${hostname()}-${process.pid}`.replace(/[^A-Za-z0-9.-]/g, '-').slice(-64);

/**
 * Fills in the defaults.
 * @throws EventsError `EVENTS_OPTIONS_INVALID` with all problems at once
 */
export function resolveEventsOptions(options: EventsOptions): ResolvedEventsOptions {
  // In JavaScript a caller may give anything, or nothing.
  if (typeof options !== 'object' || options === null)
    throw optionsInvalid('The options must be an object with at least `redis` and `group`.');
  const resolved = withDefaults(options);
  const problems = rulesFor(resolved)
    .filter(([isMet]) => !isMet)
    .map(([, problem]) => problem);
  if (problems.length > 0) throw optionsInvalid(problems.join(' '));
  return resolved;
}

const optionsInvalid = (detail: string): EventsError => new EventsError('EVENTS_OPTIONS_INVALID', { detail });

/** One by one: an option that is there but undefined, such as an unset variable, means its default too. */
function withDefaults(options: EventsOptions): ResolvedEventsOptions {
  const { account = defaultAccount, types } = options;
  return {
    redis: options.redis,
    ...(options.redisTls === undefined ? {} : { redisTls: options.redisTls }),
    prefix: options.prefix ?? defaultPrefix,
    accounts: typeof account === 'string' ? [account] : [...new Set(listOf<string>(account))],
    group: options.group,
    consumer: options.consumer ?? ownName(),
    types: types === undefined ? undefined : new Set(listOf<EventType>(types)),
    from: options.from ?? 'now',
    takeOverAfterMs: options.takeOverAfterMs ?? 30_000,
    pollMs: options.pollMs ?? 250,
    readAhead: options.readAhead ?? 100,
    onProblem: options.onProblem ?? (() => {}),
  };
}

/** What is no list, whatever the types said, becomes one that no rule accepts. */
const listOf = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? value : [value as T]);
