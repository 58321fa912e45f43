import { isLargerThan, maxMessagesOfJob } from '../message/job-size.ts';
import { type Lane, lanes, notFoundChoices, uncertainChoices, type WhenUncertain } from '../message/lane.ts';
import { maxMmsTextLength } from '../message/media.ts';
import { maxTitleLength } from '../message/message.ts';
import { isMeta, type Meta } from '../message/meta.ts';
import { isProviderNumber } from '../message/number.ts';
import { isReference } from '../message/reference.ts';
import type { UncertainWish } from '../message/uncertain.ts';
import {
  type Check,
  isCount,
  isNumber,
  isObject,
  isOneOf,
  isShaped,
  isString,
  isText,
  isTime,
  optional,
} from './checks.ts';
import type { Used } from './journal.ts';
import type { StoredMedia } from './media.ts';
import { orNull } from './notes.ts';
import { usedShape } from './used.ts';

/** The version of `SendJob` that this code writes. */
export const sendJobVersion = 1;

/**
 * What lies in the queue: one or many messages that go in one request.
 * Written by the producer, checked again by the worker (`parseSendJob`).
 */
export interface SendJob extends UncertainWish {
  readonly v: typeof sendJobVersion;
  readonly account: string;
  readonly lane: Lane;
  readonly title: string;
  /** Recipients in the provider's form: digits, country code first, no plus sign. */
  readonly to: readonly string[];
  /** One text for all of `to`, or as many texts as recipients; of an MMS one, which may be empty. */
  readonly text: string | readonly string[];
  /** SMS parts of all messages together, by `partsModel`: an assumption about what is charged. */
  readonly parts: number;
  /** How the producer counted; `list` where it is absent, or a word of a later version. */
  readonly partsModel?: string;
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** Epoch milliseconds; set where the message was to leave later than it was enqueued. */
  readonly sendAt?: number;
  /** Epoch milliseconds; after it the message is never sent. Of joined sends the earliest of their deadlines. */
  readonly deadlineAt: number;
  /** Single sends that came at the same moment: each message has an end, and a dead letter, of its own. */
  readonly joined?: true;
  /** Of joined sends: how much later than `deadlineAt` the deadline of each is, in milliseconds; none where left out. */
  readonly laterMs?: readonly number[];
  /** The messages' ids, where they are not made of the job's id (`messageIdAt`). */
  readonly ids?: readonly string[];
  /** The backend app's idempotency keys, one for each message (null = none); left out where none has one. */
  readonly keys?: readonly (string | null)[];
  /** What the backend app noted beside its messages: one for all, or one for each (null = none). */
  readonly meta?: Meta | readonly (Meta | null)[];
  /** Set on a replayed message: the message that it repeats. */
  readonly origin?: Origin;
  /** Set on a piece of a split job: what its messages had used up before. */
  readonly before?: Used;
  /** Makes it an MMS. */
  readonly media?: StoredMedia;
  /** What the field `reference` of its request says. */
  readonly reference?: string;
  /** The campaign that counts the job's messages. */
  readonly campaign?: string;
}

/** Where a replayed message comes from. */
export interface Origin {
  /** The dead letter that was replayed. */
  readonly id: string;
  /** The first message of the chain. */
  readonly rootId: string;
  /** 1 for the first replay. */
  readonly replay: number;
}

/** What `parseSendJob` says; `problem` names the field, never its value. */
export type ParsedSendJob = { readonly ok: true; readonly job: SendJob } | UnreadableJob;

export interface UnreadableJob {
  readonly ok: false;
  readonly problem: string;
  /** It is larger than a job may be, and nothing of it was looked at. */
  readonly isTooLarge?: true;
}

const isPositive = (value: unknown): boolean => isNumber(value) && value > 0;
const isMoment = (value: unknown): boolean => isTime(value) && value > 0;
/** An account may allow less; no account allows more. */
const isShort = (value: unknown): boolean => isString(value) && value.length <= maxMmsTextLength;
const isMessageText = (value: unknown): boolean => isText(value) && isShort(value);
const isTexts = (value: unknown, count: number): boolean =>
  Array.isArray(value) && value.length === count && value.every(isMessageText);
const isOrigin = optional(isShaped<Origin>({ id: isText, rootId: isText, replay: isPositive }));
const isUsed = optional(isShaped<Used>(usedShape));
const isCampaign = optional(isText);
const isWhenNotFound = optional(isOneOf(notFoundChoices));
const isHash = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isMedia = optional(
  isShaped<StoredMedia>({ hash: isHash, contentType: isText, subject: isString, bytes: isCount }),
);
const isRecipients = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= maxMessagesOfJob &&
  value.every(isProviderNumber);
const hasTexts = (job: Record<keyof SendJob, unknown>): boolean =>
  isMessageText(job.text) || isTexts(job.text, (job.to as unknown[]).length);

/** Nothing, or a list with one value for each message. */
const isForEach = (value: unknown, job: Record<keyof SendJob, unknown>, check: Check): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === (job.to as unknown[]).length && value.every(check));

type Rule = readonly [field: string, holds: (job: Record<keyof SendJob, unknown>) => boolean];

/** Written by hand and not with a schema library: it runs for every job, on lists of up to thousands. */
const rules: readonly Rule[] = [
  ['account', (job) => isText(job.account)],
  ['lane', (job) => lanes.includes(job.lane as Lane)],
  ['title', (job) => isText(job.title) && job.title.length <= maxTitleLength],
  ['to', (job) => isRecipients(job.to)],
  ['media', (job) => isMedia(job.media)],
  ['text', (job) => (job.media ? isShort(job.text) : hasTexts(job))],
  ['whenUncertain', (job) => uncertainChoices.includes(job.whenUncertain as WhenUncertain)],
  ['whenNotFound', (job) => isWhenNotFound(job.whenNotFound)],
  ['parts', (job) => isPositive(job.parts)],
  ['partsModel', (job) => job.partsModel === undefined || isText(job.partsModel)],
  ['enqueuedAt', (job) => isMoment(job.enqueuedAt)],
  ['sendAt', (job) => job.sendAt === undefined || isMoment(job.sendAt)],
  ['deadlineAt', (job) => isMoment(job.deadlineAt)],
  ['joined', (job) => job.joined === undefined || job.joined === true],
  ['laterMs', (job) => isForEach(job.laterMs, job, isTime)],
  ['ids', (job) => isForEach(job.ids, job, isText)],
  ['keys', (job) => isForEach(job.keys, job, orNull(isText))],
  ['meta', (job) => isMeta(job.meta) || isForEach(job.meta, job, orNull(isMeta))],
  ['origin', (job) => isOrigin(job.origin)],
  ['before', (job) => isUsed(job.before)],
  ['reference', (job) => job.reference === undefined || isReference(job.reference)],
  ['campaign', (job) => isCampaign(job.campaign)],
];

/**
 * Reads a job as `parseSendJob`, unless it is larger than a job may be: then nothing of it is worth its cost.
 * @param data the job's data as BullMQ hands it over
 */
export function parseJobWithin(data: unknown, maxJobBytes: number): ParsedSendJob {
  if (!isLargerThan(data, maxJobBytes)) return parseSendJob(data);
  return {
    ok: false,
    problem: 'the job is larger than maxJobBytes allows: the producer has another limit, or is none of ours',
    isTooLarge: true,
  };
}

/**
 * Reads what lies in a job. Total: whatever a newer or a broken producer wrote gives a problem, not a throw.
 * @param data the job's data as BullMQ hands it over
 */
export function parseSendJob(data: unknown): ParsedSendJob {
  if (!isObject(data)) return { ok: false, problem: 'the job holds no object' };
  const job = data as Record<keyof SendJob, unknown>;
  if (job.v !== sendJobVersion) {
    return {
      ok: false,
      problem: `the job's version is not ${sendJobVersion}: the producer is newer or no producer of ours`,
    };
  }
  const broken = rules.find(([, holds]) => !holds(job));
  if (broken) return { ok: false, problem: `field ${broken[0]} is missing or not valid` };
  return { ok: true, job: data as SendJob };
}

/** What the ids of a job's messages are made of, beside its own id. */
export interface MessageIds {
  readonly to: { readonly length: number };
  readonly ids?: readonly string[];
}

/**
 * The id of the message at `index`: that of its job, and its place there if the job has several. It survives whatever
 * becomes of the job.
 */
export const messageIdAt = (id: string, { to, ids }: MessageIds, index: number): string =>
  ids?.[index] ?? (to.length === 1 ? id : `${id}.${index}`);

/**
 * The id by which JetSMS knows the message at `index`: a new one each time that the message is sent again although it may have
 * been taken. Never made of an idempotency key.
 * @param used what the messages had used up when the request began, as the mark before it has it
 */
export function wireIdAt(
  id: string,
  job: MessageIds,
  index: number,
  { resends }: Pick<Used, 'resends'>,
): string {
  const messageId = messageIdAt(id, job, index);
  return resends === 0 ? messageId : `${messageId}-r${resends}`;
}

/** The deadline of the message at `index`, epoch milliseconds. */
export const deadlineAtOf = ({ deadlineAt, laterMs }: SendJob, index: number): number =>
  deadlineAt + (laterMs?.[index] ?? 0);

/** The idempotency key of the message at `index`. */
export const keyAt = ({ keys }: SendJob, index: number): string | undefined => keys?.[index] ?? undefined;

/** What the backend app noted beside the message at `index`. */
export const metaAt = ({ meta }: SendJob, index: number): Meta | undefined =>
  isMetaOfEach(meta) ? (meta[index] ?? undefined) : meta;

export const isMetaOfEach = (meta: SendJob['meta']): meta is readonly (Meta | null)[] => Array.isArray(meta);

/** The text of the message at `index`. */
export const textAt = (job: SendJob, index: number): string =>
  typeof job.text === 'string' ? job.text : (job.text[index] ?? '');
