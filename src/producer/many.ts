import { isMessageError, MessageError } from '../message/errors.ts';
import type { Lane, WhenNotFound, WhenUncertain } from '../message/lane.ts';
import { type AccountRules, checkSending, partsModelField, type Sending } from '../message/message.ts';
import { checkMeta, type Meta } from '../message/meta.ts';
import { normalizeNumber } from '../message/number.ts';
import { partsByModel } from '../message/parts.ts';
import { checkText } from '../message/text.ts';
import type { Time } from '../message/times.ts';
import { uncertainWish } from '../message/uncertain.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import type { Chunk, Recipient } from './chunks.ts';
import { type Wish, wishOf } from './repeat.ts';

export interface ManyOptions {
  /**
   * Groups the messages and makes the call repeatable: the same campaign with the same recipients in the same
   * order, enqueued again after a crash, adds only what was missing. Letters, digits, `.`, `_` and `-`, at most 64.
   */
  readonly campaign: string;
  /** One text for all; a recipient's own text goes before it. */
  readonly text?: string;
  readonly account?: string;
  readonly title?: string;
  /** Default `bulk`. */
  readonly lane?: Lane;
  readonly sendAt?: Time;
  readonly deadline?: Time;
  readonly whenUncertain?: WhenUncertain;
  readonly whenNotFound?: WhenNotFound;
  /** Comes back in status and events; a recipient's own goes before it. At most 512 bytes as JSON. JetSMS never sees it. */
  readonly meta?: Meta;
  /** Goes to JetSMS in the field `reference` of each request; at most 40 characters. */
  readonly reference?: string;
  /**
   * Sends to a number as often as it is there, where else it gets the first of its messages only and the others are
   * counted as `repeated`. The same each time a campaign is enqueued.
   */
  readonly allowRepeats?: boolean;
  /** Checks and counts everything, enqueues nothing, and asks nothing of Redis. */
  readonly dryRun?: boolean;
  /** Told of each recipient that cannot be sent to, at once. */
  readonly onProblem?: (problem: ManyProblem) => void;
  /** Told by what ids messages can be asked about and called off, once they are stored; of those of an earlier call too. */
  readonly onStored?: (stored: ManyStored) => void;
  /** Told how far it has come, after each job that Redis has stored. */
  readonly onProgress?: (progress: ManyProgress) => void;
}

/** A recipient that cannot be sent to; the others go their way. Holds neither number nor text. */
export interface ManyProblem {
  /** Place among the recipients, from 0. */
  readonly index: number;
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** Messages that are stored together. */
export interface ManyStored {
  /** The places of their recipients, from 0. */
  readonly indices: readonly number[];
  /** Their ids, in the same order. */
  readonly ids: readonly string[];
}

export interface ManyProgress {
  /** Messages stored, those of an earlier call included. */
  readonly messages: number;
  readonly refused: number;
  readonly repeated: number;
}

/** What became of a campaign's recipients. */
export interface ManyReceipt {
  readonly campaign: string;
  readonly account: string;
  readonly lane: Lane;
  /** Messages that are stored now; in a dry run, that would be. */
  readonly messages: number;
  /** SMS parts of these messages by the account's `partsModel`: an assumption about what is charged. */
  readonly parts: number;
  /** Send jobs, each of which travels in one request. */
  readonly jobs: number;
  /** Messages of these that an earlier call had stored already. */
  readonly duplicates: number;
  /** Recipients that cannot be sent to. */
  readonly refused: number;
  /** Recipients whose number had its message already, in whatever spelling and whatever its text. */
  readonly repeated: number;
  /** The first of their problems; `onProblem` is told all of them. */
  readonly problems: readonly ManyProblem[];
  /**
   * After this time (epoch milliseconds) none of the messages is sent. Undefined where all were stored before, and
   * Redis no longer knows of them.
   */
  readonly deadlineAt: number | undefined;
}

/** Problems kept in the receipt; a list of a million bad numbers must not fill the memory. */
export const keptProblems = 1_000;

/** What all messages of a campaign have in common, checked once. */
export interface CampaignRules {
  readonly account: string;
  readonly campaign: string;
  readonly rules: AccountRules;
  readonly sending: Sending;
  /** The one text, checked. */
  readonly text: string | undefined;
  /** The common meta, checked. */
  readonly meta: Meta | undefined;
  /** What the caller said of time and lane, to be compared with what an earlier call has stored. */
  readonly wish: Wish;
  readonly nowMs: number;
}

const campaignName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Checks what all messages of a campaign have in common.
 * @throws MessageError for the first problem
 */
export function checkCampaign(
  options: ManyOptions,
  {
    account,
    rules,
    nowMs,
  }: { readonly account: string; readonly rules: AccountRules; readonly nowMs: number },
): CampaignRules {
  const { campaign } = options;
  if (typeof campaign !== 'string' || !campaignName.test(campaign))
    throw new MessageError('CAMPAIGN_INVALID', 'campaign');
  const { title, lane = 'bulk', sendAt, deadline, whenUncertain, whenNotFound, reference } = options;
  const wished = { sendAt, deadline, whenUncertain, whenNotFound };
  const sending = checkSending({ title, lane, ...wished, reference }, { ...rules, nowMs });
  const text = options.text === undefined ? undefined : checkText(options.text, rules);
  const wish = { ...wishOf(wished), lane: sending.lane };
  return { account, campaign, rules, sending, text, meta: checkMeta(options.meta), wish, nowMs };
}

/** Who is told of recipients that get no message. */
export interface Watch {
  onProblem(problem: ManyProblem): void;
  /** Whether the number, in the provider's form, has its message already; it counts as seen from then on. */
  isRepeat(number: string): boolean;
  /** Told of each recipient that gets a message, in the order of the messages. */
  onTaken?(index: number): void;
}

/** The job of a chunk; undefined where none of its recipients gets a message. */
export function jobOf(chunk: Chunk, campaign: CampaignRules, watch: Watch): SendJob | undefined {
  const { to, texts, ownTexts, parts, metas, ownMetas } = messagesOf(chunk, campaign, watch);
  if (to.length === 0) return undefined;
  const { sending, account, nowMs } = campaign;
  const meta = ownMetas === 0 ? campaign.meta : metas.map((own) => own ?? campaign.meta ?? null);
  return {
    v: sendJobVersion,
    account,
    lane: sending.lane,
    title: sending.title,
    to,
    text: ownTexts === 0 ? (campaign.text ?? '') : texts,
    ...uncertainWish(sending),
    parts,
    ...partsModelField(campaign.rules.partsModel),
    enqueuedAt: nowMs,
    ...(sending.sendAtMs === undefined ? {} : { sendAt: sending.sendAtMs }),
    deadlineAt: sending.deadlineAtMs,
    ...(sending.reference === undefined ? {} : { reference: sending.reference }),
    ...(meta === undefined ? {} : { meta }),
    campaign: campaign.campaign,
  };
}

/** Lists side by side, not a list of objects: there may be ten million messages. */
interface Messages {
  readonly to: string[];
  readonly texts: string[];
  /** Each recipient's own. */
  readonly metas: (Meta | undefined)[];
  ownMetas: number;
  /** How many of the texts are their recipient's own. */
  ownTexts: number;
  parts: number;
}

function messagesOf(chunk: Chunk, campaign: CampaignRules, watch: Watch): Messages {
  const messages: Messages = { to: [], texts: [], metas: [], ownMetas: 0, ownTexts: 0, parts: 0 };
  chunk.recipients.forEach((recipient, offset) => {
    const index = chunk.firstIndex + offset;
    try {
      if (addMessage(recipient, campaign, watch, messages)) watch.onTaken?.(index);
    } catch (error) {
      watch.onProblem(problemOf(index, error));
    }
  });
  if (campaign.text === undefined) return messages;
  const { to, ownTexts } = messages;
  messages.parts += (to.length - ownTexts) * partsByModel(campaign.text, campaign.rules.partsModel);
  return messages;
}

/** Without the parts of a common text. False where the number has its message already. @throws MessageError */
function addMessage(
  recipient: Recipient,
  campaign: CampaignRules,
  watch: Watch,
  messages: Messages,
): boolean {
  const own = ownText(recipient);
  const text = own === undefined ? campaign.text : checkText(own, campaign.rules);
  if (text === undefined) throw new MessageError('TEXT_EMPTY', 'text');
  const meta = checkMeta(ownMeta(recipient));
  const to = normalizeNumber(numberOf(recipient));
  if (watch.isRepeat(to)) return false;
  messages.to.push(to);
  messages.texts.push(text);
  messages.metas.push(meta);
  if (meta !== undefined) messages.ownMetas += 1;
  if (own === undefined) return true;
  messages.ownTexts += 1;
  messages.parts += partsByModel(text, campaign.rules.partsModel);
  return true;
}

const numberOf = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.to : recipient;

const ownText = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.text : undefined;

const ownMeta = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.meta : undefined;

function problemOf(index: number, error: unknown): ManyProblem {
  if (!isMessageError(error)) throw error;
  return { index, code: error.code, field: error.field, message: error.message };
}
