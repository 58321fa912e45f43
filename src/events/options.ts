import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { type EventType, eventTypes } from '../queue/event-entry.ts';
import { defaultAccount, defaultPrefix } from '../queue/names.ts';
import { isRedisAddress, redisAddressForm } from '../queue/redis-address.ts';
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

export interface EventsOptions {
  /** Where Redis is, as for `createProducer()`, or a connection to use; that one stays open at `close()`. */
  readonly redis: string | Redis;
  /** Prefix of all keys in Redis; must be the worker's. Default `{jetsms}`. */
  readonly prefix?: string;
  /** One account or several; default `default`. */
  readonly account?: string | readonly string[];
  /** Who is told: every group gets every event, and the consumers of one group share them. */
  readonly group: string;
  /** What this consumer is called in Redis; default the machine's name and the process id. */
  readonly consumer?: string;
  /** The types wanted; all without it. What is filtered out counts as acknowledged. */
  readonly types?: readonly EventType[];
  /** Where a group begins that is not there yet: with what happens from now on (default), or with all that the stream still has. */
  readonly from?: 'now' | 'beginning';
  /** A consumer that gave no sign of life for so long is dead, and another takes over; milliseconds, default 30,000. */
  readonly takeOverAfterMs?: number;
  /** How often Redis is asked where nothing comes; milliseconds, default 250. */
  readonly pollMs?: number;
  /** Entries that are read in one go; default 100. The next are read when all events of these were taken. */
  readonly readAhead?: number;
  /** Told of what goes wrong without an end to the reading. Must not throw. */
  readonly onProblem?: (problem: EventsProblem) => void;
}

export type ResolvedEventsOptions = Required<Omit<EventsOptions, 'account' | 'types'>> & {
  readonly accounts: readonly string[];
  readonly types: ReadonlySet<EventType> | undefined;
};

const accountName = /^[a-z0-9][a-z0-9-]{0,31}$/;
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether a group or a consumer may be called so. */
export const isPlainName = (value: unknown): value is string =>
  typeof value === 'string' && plainName.test(value);

const isWholeFrom = (least: number, most: number, value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

const nameForm = '1 to 64 letters, digits and . _ -, the first a letter or a digit';
const day = 86_400_000;

/** What must be true of the options, and what is said where it is not. */
function rulesFor(options: ResolvedEventsOptions): readonly (readonly [isMet: boolean, problem: string])[] {
  const { redis, accounts, types, from, onProblem } = options;
  return [
    [
      typeof redis === 'string' ? isRedisAddress(redis) : typeof redis?.defineCommand === 'function',
      `redis must be ${redisAddressForm}, or a connection of ioredis.`,
    ],
    [typeof options.prefix === 'string' && options.prefix !== '', 'prefix must be a text.'],
    [accounts.length > 0, 'account must name at least one account.'],
    ...accounts.map(
      (name, index) =>
        [
          typeof name === 'string' && accountName.test(name),
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
  const { account = defaultAccount, types } = options;
  // One by one: an option that is there but undefined, such as an unset variable, means its default too.
  const resolved: ResolvedEventsOptions = {
    redis: options.redis,
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
  const problems = rulesFor(resolved)
    .filter(([isMet]) => !isMet)
    .map(([, problem]) => problem);
  if (problems.length > 0) throw new EventsError('EVENTS_OPTIONS_INVALID', { detail: problems.join(' ') });
  return resolved;
}

/** What is no list, whatever the types said, becomes one that no rule accepts. */
const listOf = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? value : [value as T]);
