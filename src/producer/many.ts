import { isMessageError, MessageError } from '../message/errors.ts';
import { keyedHash } from '../message/keyed-hash.ts';
import type { Lane, WhenUncertain } from '../message/lane.ts';
import { type AccountRules, checkSending, type Sending } from '../message/message.ts';
import { normalizeNumber } from '../message/number.ts';
import { providerParts } from '../message/parts.ts';
import { checkText, countCharacters } from '../message/text.ts';
import type { Time } from '../message/times.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';

/** A recipient of a campaign: the number alone where all get one text, else with a text of its own. */
export type Recipient = string | number | { readonly to: string | number; readonly text?: string };

/** Recipients of any number; an async iterable is read no faster than Redis stores. */
export type Recipients = Iterable<Recipient> | AsyncIterable<Recipient>;

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
}

/** What became of a campaign's recipients. */
export interface ManyReceipt {
  readonly campaign: string;
  readonly account: string;
  readonly lane: Lane;
  /** Messages that are stored now; in a dry run, that would be. */
  readonly messages: number;
  /** SMS parts of these messages, by the provider's arithmetic. */
  readonly parts: number;
  /** Send jobs, each of which travels in one request. */
  readonly jobs: number;
  /** Messages of these that an earlier call had stored already. */
  readonly duplicates: number;
  /** Recipients that cannot be sent to. */
  readonly refused: number;
  /** The first of their problems; `onProblem` is told all of them. */
  readonly problems: readonly ManyProblem[];
  readonly deadlineAt: number;
}

/** Problems kept in the receipt; a list of a million bad numbers must not fill the memory. */
export const keptProblems = 1_000;

/** One job's worth of recipients, and where it stands among them. */
export interface Chunk {
  readonly position: number;
  readonly firstIndex: number;
  readonly recipients: readonly Recipient[];
}

/**
 * A single number is a string, which can be iterated too.
 * @throws MessageError RECIPIENTS_INVALID
 */
export function checkRecipients(recipients: unknown): void {
  const isList =
    typeof recipients === 'object' &&
    recipients !== null &&
    (Symbol.iterator in recipients || Symbol.asyncIterator in recipients);
  if (!isList) throw new MessageError('RECIPIENTS_INVALID', 'to');
}

/** Cuts recipients into chunks. A plain iterable is read without a turn of the event loop per recipient. */
export async function* chunksOf(recipients: Recipients, size: number): AsyncGenerator<Chunk> {
  let position = 0;
  let open: Recipient[] = [];
  const take = (): Chunk => {
    const chunk = { position, firstIndex: position * size, recipients: open };
    position += 1;
    open = [];
    return chunk;
  };
  if (Symbol.iterator in recipients) {
    for (const recipient of recipients) {
      open.push(recipient);
      if (open.length === size) yield take();
    }
  } else {
    for await (const recipient of recipients) {
      open.push(recipient);
      if (open.length === size) yield take();
    }
  }
  if (open.length > 0) yield take();
}

/** What all messages of a campaign have in common, checked once. */
export interface CampaignRules {
  readonly account: string;
  readonly campaign: string;
  readonly rules: AccountRules;
  readonly sending: Sending;
  /** The one text, checked. */
  readonly text: string | undefined;
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
  const { title, lane = 'bulk', sendAt, deadline, whenUncertain } = options;
  const sending = checkSending({ title, lane, sendAt, deadline, whenUncertain }, { ...rules, nowMs });
  const text = options.text === undefined ? undefined : checkText(options.text, rules);
  return { account, campaign, rules, sending, text, nowMs };
}

/** The job of a chunk; undefined where none of its recipients can be sent to. */
export function jobOf(
  chunk: Chunk,
  campaign: CampaignRules,
  onProblem: (problem: ManyProblem) => void,
): SendJob | undefined {
  const to: string[] = [];
  const texts: string[] = [];
  let parts = 0;
  const commonParts = campaign.text === undefined ? 0 : partsOf(campaign.text);
  let ownTexts = 0;
  chunk.recipients.forEach((recipient, offset) => {
    try {
      const own = ownText(recipient);
      const text = own === undefined ? campaign.text : checkText(own, campaign.rules);
      if (text === undefined) throw new MessageError('TEXT_EMPTY', 'text');
      to.push(normalizeNumber(numberOf(recipient)));
      texts.push(text);
      ownTexts += own === undefined ? 0 : 1;
      parts += own === undefined ? commonParts : partsOf(text);
    } catch (error) {
      onProblem(problemOf(chunk.firstIndex + offset, error));
    }
  });
  if (to.length === 0) return undefined;
  const { sending, account, nowMs } = campaign;
  return {
    v: sendJobVersion,
    account,
    lane: sending.lane,
    title: sending.title,
    to,
    text: ownTexts === 0 ? (campaign.text ?? '') : texts,
    whenUncertain: sending.whenUncertain,
    parts,
    enqueuedAt: nowMs,
    deadlineAt: sending.deadlineAtMs,
    campaign: campaign.campaign,
  };
}

const partsOf = (text: string): number => providerParts(countCharacters(text));

const numberOf = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.to : recipient;

const ownText = (recipient: Recipient): unknown =>
  typeof recipient === 'object' && recipient !== null ? recipient.text : undefined;

function problemOf(index: number, error: unknown): ManyProblem {
  if (!isMessageError(error)) throw error;
  return { index, code: error.code, field: error.field, message: error.message };
}

/** How a campaign's job is known: the same for the same campaign, place and content, so that enqueueing can be repeated. */
export interface CampaignJobId {
  /** What the job's id begins with. */
  readonly idPrefix: string;
  /** Same place, whatever the content. */
  readonly deduplicationId: string;
}

export function campaignJobId(job: SendJob, position: number, secret: string): CampaignJobId {
  const { account, campaign, title, to, text } = job;
  const place = keyedHash(secret, 'campaign', [account, campaign]).slice(0, 20);
  const content = keyedHash(secret, 'campaign-content', [campaign, title, to, text]).slice(0, 16);
  const deduplicationId = `c${place}-${position}`;
  return { idPrefix: `${deduplicationId}-${content}-`, deduplicationId };
}
