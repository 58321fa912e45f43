import { isMessageError, MessageError } from '../message/errors.ts';
import type { Lane, WhenNotFound, WhenUncertain } from '../message/lane.ts';
import { type AccountRules, checkSending, partsModelField, type Sending } from '../message/message.ts';
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
  /**
   * Sends to a number as often as it is there, where else it gets the first of its messages only and the others are
   * counted as `repeated`. The same each time a campaign is enqueued.
   */
  readonly allowRepeats?: boolean;
  /** Checks and counts everything, enqueues nothing, and asks nothing of Redis. */
  readonly dryRun?: boolean;
  /** Told of each recipient that cannot be sent to, at once. */
  readonly onProblem?: (problem: ManyProblem) => void;
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
  const { title, lane = 'bulk', sendAt, deadline, whenUncertain, whenNotFound } = options;
  const wished = { sendAt, deadline, whenUncertain, whenNotFound };
  const sending = checkSending({ title, lane, ...wished }, { ...rules, nowMs });
  const text = options.text === undefined ? undefined : checkText(options.text, rules);
  const wish = { ...wishOf(wished), lane: sending.lane };
  return { account, campaign, rules, sending, text, wish, nowMs };
}

/** Who is told of recipients that get no message. */
export interface Watch {
  onProblem(problem: ManyProblem): void;
  /** Whether the number, in the provider's form, has its message already; it counts as seen from then on. */
  isRepeat(number: string): boolean;
}

/** The job of a chunk; undefined where none of its recipients gets a message. */
export function jobOf(chunk: Chunk, campaign: CampaignRules, watch: Watch): SendJob | undefined {
  const { to, texts, ownTexts, parts } = messagesOf(chunk, campaign, watch);
  if (to.length === 0) return undefined;
  const { sending, account, nowMs } = campaign;
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
    campaign: campaign.campaign,
  };
}

/** Lists side by side, not a list of objects: there may be ten million messages. */
interface Messages {
  readonly to: string[];
  readonly texts: string[];
  /** How many of the texts are their recipient's own. */
  ownTexts: number;
  parts: number;
}

function messagesOf(chunk: Chunk, campaign: CampaignRules, watch: Watch): Messages {
  const messages: Messages = { to: [], texts: [], ownTexts: 0, parts: 0 };
  chunk.recipients.forEach((recipient, offset) => {
    try {
      addMessage(recipient, campaign, watch, messages);
    } catch (error) {
      watch.onProblem(problemOf(chunk.firstIndex + offset, error));
    }
  });
  if (campaign.text === undefined) return messages;
  const { to, ownTexts } = messages;
  messages.parts += (to.length - ownTexts) * partsByModel(campaign.text, campaign.rules.partsModel);
  return messages;
}

/** Without the parts of a common text. @throws MessageError */
function addMessage(recipient: Recipient, campaign: CampaignRules, watch: Watch, messages: Messages): void {
  const own = ownText(recipient);
  const text = own === undefined ? campaign.text : checkText(own, campaign.rules);
  if (text === undefined) throw new MessageError('TEXT_EMPTY', 'text');
  const to = normalizeNumber(numberOf(recipient));
  if (watch.isRepeat(to)) return;
  messages.to.push(to);
  messages.texts.push(text);
  if (own === undefined) return;
  messages.ownTexts += 1;
  messages.parts += partsByModel(text, campaign.rules.partsModel);
}

const numberOf = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.to : recipient;

const ownText = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.text : undefined;

function problemOf(index: number, error: unknown): ManyProblem {
  if (!isMessageError(error)) throw error;
  return { index, code: error.code, field: error.field, message: error.message };
}
