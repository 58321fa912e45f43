import { isMessageError, MessageError } from '../message/errors.ts';
import type { Lane } from '../message/lane.ts';
import { type AccountRules, checkSending, partsModelField, type Sending } from '../message/message.ts';
import { checkMeta, type Meta } from '../message/meta.ts';
import { normalizeNumber } from '../message/number.ts';
import { partsByModel } from '../message/parts.ts';
import { checkText } from '../message/text.ts';
import { uncertainWish } from '../message/uncertain.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import type { Chunk, Recipient } from './chunks.ts';
import { checkCampaignName, type ManyOptions, type ManyProblem } from './many-options.ts';
import { type Wish, wishOf } from './repeat.ts';

/** What became of a campaign's recipients. */
export interface ManyReceipt {
  /** Its name. */
  readonly campaign: string;
  /** The account that its messages go through. */
  readonly account: string;
  /** The lane that they wait in. */
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
  const campaign = checkCampaignName(options.campaign);
  const { title, lane = 'bulk', sendAt, deadline, whenUncertain, whenNotFound, reference } = options;
  const wished = { sendAt, deadline, whenUncertain, whenNotFound };
  const sending = checkSending({ title, lane, ...wished, reference }, { ...rules, nowMs });
  const text = options.text === undefined ? undefined : checkText(options.text, rules);
  const wish = { ...wishOf(wished, nowMs), lane: sending.lane };
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
  const { code, field, message, details } = error;
  return { index, code, field, message, ...(Object.keys(details).length > 0 ? { details } : {}) };
}
