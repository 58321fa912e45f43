import { MessageError, type MessageErrorDetails } from '../message/errors.ts';
import type { Lane, WhenNotFound, WhenUncertain } from '../message/lane.ts';
import { checkKnownFields } from '../message/message.ts';
import type { Meta } from '../message/meta.ts';
import type { Deadline, SendAt } from '../message/times.ts';
import { checkForms, checkOptions, ownManyOptions } from './arguments.ts';

/** What the messages of a campaign have in common, and who is told how it goes. */
export interface ManyOptions {
  /**
   * Groups the messages and makes the call repeatable: the same campaign with the same recipients in the same
   * order, enqueued again after a crash, adds only what was missing. Letters, digits, `.`, `_` and `-`, at most 64.
   */
  readonly campaign: string;
  /**
   * One text for all; a recipient's own text goes before it.
   * @default none: each recipient has its own
   */
  readonly text?: string;
  /**
   * The account to send through.
   * @default the first of the producer's accounts
   */
  readonly account?: string;
  /**
   * The registered sender name.
   * @default the account's own
   */
  readonly title?: string;
  /**
   * How urgent it is: [lanes](#lanes).
   * @default bulk
   */
  readonly lane?: Lane;
  /**
   * When to send: a time, or so long from now (`{ in: '2h' }`); at most 365 days ahead.
   * @default now
   */
  readonly sendAt?: SendAt;
  /**
   * After it the message is never sent: a time, or so long after the time of sending (`'5m'`), which without `sendAt` is the
   * beginning of the call, however long the list takes.
   * @default by the [lane](#lanes)
   */
  readonly deadline?: Deadline;
  /**
   * What happens where a request got no answer.
   * @default ask
   */
  readonly whenUncertain?: WhenUncertain;
  /**
   * With `ask`: what happens where JetSMS does not know a message, or cannot be asked.
   * @default by the [lane](#lanes)
   */
  readonly whenNotFound?: WhenNotFound;
  /**
   * Comes back in status and events; a recipient's own goes before it. At most 512 bytes as JSON. JetSMS never sees it.
   * @default none
   */
  readonly meta?: Meta;
  /**
   * Goes to JetSMS in the field `reference` of each request; at most 40 characters.
   * @default none
   */
  readonly reference?: string;
  /**
   * Sends to a number as often as it is there, where else it gets the first of its messages only and the others are
   * counted as `repeated`. The same each time a campaign is enqueued.
   * @default false
   */
  readonly allowRepeats?: boolean;
  /**
   * Checks and counts everything, enqueues nothing, and asks nothing of Redis.
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * Told of each recipient that cannot be sent to, at once. What it throws ends the call.
   * @default nobody is told
   */
  readonly onProblem?: (problem: ManyProblem) => void;
  /**
   * Told by what ids messages can be asked about and called off, once they are stored; of those of an earlier call too.
   * @default nobody is told
   */
  readonly onStored?: (stored: ManyStored) => void;
  /**
   * Told how far it has come, after each job that Redis has stored.
   * @default nobody is told
   */
  readonly onProgress?: (progress: ManyProgress) => void;
}

/** A recipient that cannot be sent to; the others go their way. Holds neither number nor text. */
export interface ManyProblem {
  /** Place among the recipients, from 0. */
  readonly index: number;
  /** A code of `MessageError`. */
  readonly code: string;
  /** The field that is wrong. */
  readonly field: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** The facts of the case, where there are any: counts, positions and single characters, as of `MessageError`. */
  readonly details?: MessageErrorDetails;
}

/** Messages that are stored together. */
export interface ManyStored {
  /** The places of their recipients, from 0. */
  readonly indices: readonly number[];
  /** Their ids, in the same order. */
  readonly ids: readonly string[];
}

/** How far a campaign has come. */
export interface ManyProgress {
  /** Messages stored, those of an earlier call included. */
  readonly messages: number;
  /** Recipients that cannot be sent to. */
  readonly refused: number;
  /** Recipients whose number had its message already. */
  readonly repeated: number;
}

const campaignName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws MessageError CAMPAIGN_INVALID */
export function checkCampaignName(name: unknown): string {
  if (typeof name === 'string' && campaignName.test(name)) return name;
  throw new MessageError('CAMPAIGN_INVALID', 'campaign');
}

const optionNames: ReadonlySet<string> = new Set<keyof ManyOptions>([
  'campaign',
  'text',
  'account',
  'title',
  'lane',
  'sendAt',
  'deadline',
  'whenUncertain',
  'whenNotFound',
  'meta',
  'reference',
  'allowRepeats',
  'dryRun',
  'onProblem',
  'onStored',
  'onProgress',
]);

/**
 * Sees that these are options of `sendMany()`, and no others: a mistyped `dryRun` that is passed over would text a whole list.
 * @throws MessageError CAMPAIGN_INVALID, ARGUMENT_INVALID, FIELD_UNKNOWN
 */
export function checkManyOptions(options: ManyOptions | undefined): void {
  // What is left out altogether lacks its campaign first.
  if (options === undefined) throw new MessageError('CAMPAIGN_INVALID', 'campaign');
  checkOptions(options);
  checkKnownFields(options, optionNames, 'options');
  checkForms(options, ownManyOptions);
}
