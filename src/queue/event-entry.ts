import { type Lane, lanes } from '../message/lane.ts';
import {
  isCount,
  isNumber,
  isObject,
  isOneOf,
  isShaped,
  isString,
  isText,
  isTime,
  isTrue,
  optional,
} from './checks.ts';
import { readJson } from './json.ts';
import { type MessageNotes, notesShape } from './notes.ts';
import { isMetaOfEach, type SendJob } from './send-job.ts';

/** The events of messages, in the order of a message's life. */
export const messageEventTypes = [
  'message.accepted',
  'message.uncertain',
  'message.dead',
  'message.cancelled',
  'message.delivered',
  'message.failed',
  'message.unconfirmed',
] as const;
export type MessageEventType = (typeof messageEventTypes)[number];

/** The events that are about no single message. */
const otherEventTypes = ['campaign.finished', 'account.held', 'account.resumed', 'credit.low'] as const;
/** What an event can be about. */
export type EventType = (typeof messageEventTypes)[number] | (typeof otherEventTypes)[number];

/** Every type of event. */
export const eventTypes: readonly EventType[] = [...messageEventTypes, ...otherEventTypes];

/**
 * One entry of an account's stream of events about messages of one send job: short, since it is written with every end, and
 * read into one event for each message (`src/events`).
 */
export interface MessagesEntry extends MessageNotes {
  readonly type: MessageEventType;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The send job whose messages these are, or a piece of it. */
  readonly job: string;
  readonly n: number;
  readonly lane: Lane;
  /** JetSMS's code, its status in a report, `http-401`, or a cause. */
  readonly code?: string;
  readonly groupId?: string;
  /** The reply came after the message had been taken for uncertain. */
  readonly late?: true;
}

/** A campaign of which every message has ended. */
export interface CampaignEntry {
  readonly type: 'campaign.finished';
  readonly at: number;
  readonly campaign: string;
}

/** An account that was held, or goes on. */
export interface HoldEntry {
  readonly type: 'account.held' | 'account.resumed';
  readonly at: number;
  readonly reason: string;
  readonly code?: string;
}

/** An account whose credit ends soon. */
export interface CreditEntry {
  readonly type: 'credit.low';
  readonly at: number;
  readonly credit: number;
  /** Hours until it ends, as far as can be told. */
  readonly hoursLeft?: number;
}

export type EventEntry = MessagesEntry | CampaignEntry | HoldEntry | CreditEntry;

/** The one field of a stream's entry. */
export const eventField = 'e';

/** What is shown of recipients in events; nothing by default. */
export interface ShownInEvents {
  readonly number: boolean;
  readonly text: boolean;
}

/** What an entry says of a job's messages, apart from what became of them. */
export function messagesOfEntry(
  id: string,
  job: SendJob,
  shown: ShownInEvents,
): Omit<MessagesEntry, 'type' | 'at'> {
  const { to, text, lane, ids, campaign, keys, meta, origin } = job;
  return {
    job: id,
    n: to.length,
    lane,
    ...(ids ? { ids } : {}),
    ...(campaign === undefined ? {} : { campaign }),
    ...(keys ? { keys } : {}),
    ...(meta ? { meta } : {}),
    ...(origin ? { rootId: origin.rootId } : {}),
    ...(shown.number ? { to } : {}),
    ...(shown.text ? { text } : {}),
  };
}

const isMessages = isShaped<MessagesEntry>({
  ...notesShape,
  type: isOneOf(messageEventTypes),
  at: isTime,
  job: isText,
  n: isCount,
  lane: isOneOf(lanes),
  code: optional(isString),
  groupId: optional(isText),
  late: optional(isTrue),
});

const isCampaign = isShaped<CampaignEntry>({
  type: isOneOf(['campaign.finished']),
  at: isTime,
  campaign: isText,
});

const isHold = isShaped<HoldEntry>({
  type: isOneOf(['account.held', 'account.resumed']),
  at: isTime,
  reason: isText,
  code: optional(isString),
});

const isCredit = isShaped<CreditEntry>({
  type: isOneOf(['credit.low']),
  at: isTime,
  credit: isNumber,
  hoursLeft: optional(isNumber),
});

/** The most messages that an entry can be about. */
const mostMessages = 10_000;

/** Reads an entry; undefined for what nobody of ours wrote. Total. */
export function parseEventEntry(text: string): EventEntry | undefined {
  const value = readJson(text);
  if (!isObject(value)) return undefined;
  if (isMessages(value)) return value.n <= mostMessages && hasOneForEach(value) ? value : undefined;
  return [isCampaign, isHold, isCredit].some((isEntry) => isEntry(value)) ? (value as EventEntry) : undefined;
}

function hasOneForEach({ n, ids, keys, meta, to, text }: MessagesEntry): boolean {
  const lists = [
    ids,
    keys,
    isMetaOfEach(meta) ? meta : undefined,
    to,
    typeof text === 'string' ? undefined : text,
  ];
  return lists.every((list) => list === undefined || list.length === n);
}
