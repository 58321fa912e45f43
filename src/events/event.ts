import type { Lane } from '../message/lane.ts';
import type { Meta } from '../message/meta.ts';
import {
  type EventEntry,
  type EventType,
  type MessagesEntry,
  messageEventTypes,
} from '../queue/event-entry.ts';
import type { DeadReason } from '../queue/journal.ts';
import { isMetaOfEach, messageIdAt } from '../queue/send-job.ts';

/** Something that an app is told of. What is not known, or has no meaning for its type, is left out. */
export interface Event {
  /**
   * The same however often the event comes: `<messageId>:<type>` of a message, `<stream entry>:<type>` of anything else. Events come
   * at least once; a consumer that drops the ids that it has seen gets each once.
   */
  readonly id: string;
  /** What happened: [events.md](events.md). */
  readonly type: EventType;
  /** When it happened, epoch milliseconds by Redis' clock. */
  readonly at: number;
  /** The account whose event it is. */
  readonly account: string;
  /** As `send()` returned it; in a campaign that of the send job, a dot, and the place in it. */
  readonly messageId?: string;
  /** The message's idempotency key. */
  readonly key?: string;
  /** The campaign that it is about, or that the message is one of. */
  readonly campaign?: string;
  /** What the backend app noted beside the message. */
  readonly meta?: Meta;
  /** The lane that the message waited in. */
  readonly lane?: Lane;
  /** JetSMS's code, its status in a report, `http-<status>`, or a cause. */
  readonly code?: string;
  /** Of `message.dead` and `message.uncertain`: why the message was given up. */
  readonly reason?: DeadReason;
  /** The message was given up, and yet the person may have got it. */
  readonly mayHaveArrived?: true;
  /** JetSMS's id of the accepted request. */
  readonly groupId?: string;
  /** JetSMS's answer came after the message had been taken for uncertain; an earlier event said so. */
  readonly late?: true;
  /** Of a message that was replayed: the id of the first of the chain. */
  readonly rootId?: string;
  /** The number, where the setting `eventsShow` says so. */
  readonly to?: string;
  /** The text, where the setting `eventsShow` says so. */
  readonly text?: string;
  /** Of `account.held` and `account.resumed`: the hold that began or ended. */
  readonly hold?: { readonly reason: string; readonly code?: string };
  /** Of `credit.low`: SMS parts that are left, and how many hours they last, as far as can be told. */
  readonly credit?: { readonly credit: number; readonly hoursLeft?: number };
}

/** Where an entry stands. */
export interface EntryPlace {
  readonly account: string;
  /** Its id in the stream. */
  readonly entryId: string;
}

/** How many events an entry is read into. */
export const eventCountOf = (entry: EventEntry): number => (isOfMessages(entry) ? entry.n : 1);

/** The events of an entry, in the order of its messages; one after the other, since there may be thousands. Pure. */
export function* eventsOf(entry: EventEntry, place: EntryPlace): Generator<Event, void, undefined> {
  if (!isOfMessages(entry)) {
    yield otherEvent(entry, place);
    return;
  }
  const { ids, n, job } = entry;
  const messages = { to: new Array<string>(n), ...(ids ? { ids } : {}) };
  for (let index = 0; index < n; index += 1) {
    yield messageEvent(entry, {
      index,
      messageId: messageIdAt(job, messages, index),
      account: place.account,
    });
  }
}

const messageTypes: ReadonlySet<EventType> = new Set(messageEventTypes);

const isOfMessages = (entry: EventEntry): entry is MessagesEntry => messageTypes.has(entry.type);

interface MessagePlace {
  readonly index: number;
  readonly messageId: string;
  readonly account: string;
}

function messageEvent(entry: MessagesEntry, { index, messageId, account }: MessagePlace): Event {
  const { type, at, lane, campaign, rootId, code, reason, mayHaveArrived, groupId, late } = entry;
  const { text, meta } = entry;
  return known<Event>({
    id: `${messageId}:${type}`,
    type,
    at,
    account,
    messageId,
    key: entry.keys?.[index] ?? undefined,
    campaign,
    meta: isMetaOfEach(meta) ? (meta[index] ?? undefined) : meta,
    lane,
    code,
    reason,
    mayHaveArrived,
    groupId,
    late,
    rootId,
    to: entry.to?.[index],
    text: typeof text === 'string' ? text : text?.[index],
  });
}

type OtherEntry = Exclude<EventEntry, MessagesEntry>;

function otherEvent(entry: OtherEntry, { account, entryId }: EntryPlace): Event {
  const { type, at } = entry;
  return { id: `${entryId}:${type}`, type, at, account, ...factsOf(entry) };
}

function factsOf(entry: OtherEntry): Pick<Event, 'campaign' | 'hold' | 'credit'> {
  if (entry.type === 'campaign.finished') return { campaign: entry.campaign };
  if (entry.type === 'credit.low') {
    const { credit, hoursLeft } = entry;
    return { credit: known<NonNullable<Event['credit']>>({ credit, hoursLeft }) };
  }
  const { reason, code } = entry;
  return { hold: known<NonNullable<Event['hold']>>({ reason, code }) };
}

/** An object without the fields that hold nothing. */
function known<T extends object>(fields: { readonly [Field in keyof T]: T[Field] | undefined }): T {
  const found = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found) as T; // those that T demands are given by every caller
}
