import { isLogin, type SimulatorAccount } from './account.ts';
import { readDate } from './clock.ts';
import { isExclusionReadable } from './exclusion.ts';
import { findMediaFlaw } from './mms.ts';
import { refusal } from './replies.ts';
import type { ProviderRefusal, Submission, SubmittedMessage } from './submission.ts';
import { countParts, hasUnwantedCharacter } from './text.ts';

/** What the provider makes of a submission. */
export type Judgement =
  | { readonly kind: 'refused'; readonly refusal: ProviderRefusal }
  | {
      readonly kind: 'accepted';
      readonly messages: readonly PricedMessage[];
      /** One for each submitted message, those that are left out included. */
      readonly recipients: readonly RecipientResult[];
      readonly parts: number;
      /** Epoch milliseconds; only where it is to be sent later. */
      readonly startAt?: number;
      readonly expireAt?: number;
    };

/** A message that will be sent. */
export interface PricedMessage {
  readonly to: string;
  readonly text: string;
  readonly parts: number;
  readonly messageId?: string;
}

/** What became of one recipient of an accepted request; told only where the surface has a place for it. */
export interface RecipientResult {
  readonly number: string;
  readonly messageId?: string;
  /** `0` is accepted (as the REST service documents it), anything else is refused. */
  readonly status: string;
}

/** A recipient that a fault wants refused. */
export interface SpoiltRecipient {
  readonly to: string;
  readonly status: string;
}

/** Against what a submission is judged. */
export interface Circumstances {
  readonly account: SimulatorAccount | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly spoilt?: SpoiltRecipient | undefined;
  /** Whether the account has used this own id; only where a repeated one is refused. */
  readonly isUsedId?: ((messageId: string) => boolean) | undefined;
}

/**
 * Judges a submission by the provider's rules; pure, charges nothing.
 * Our choice: check-order. The order when several rules are broken is not known.
 */
export function judge(submission: Submission, circumstances: Circumstances): Judgement {
  const { account, now } = circumstances;
  if (account === undefined || !isLogin(account, submission.password)) return refused(refusal('10'));
  const flaw =
    findAccountFlaw(submission, account) ??
    findTitleFlaw(submission, account) ??
    submission.flaw ??
    findMessageFlaw(submission, account) ??
    findMediaFlaw(submission, account.mms, now) ??
    findDateFlaw(submission, now);
  return flaw === undefined ? price(submission, account, circumstances) : refused(flaw);
}

function findAccountFlaw(submission: Submission, account: SimulatorAccount): ProviderRefusal | undefined {
  if (!account.open) return refusal('77');
  if (account.surfaces.includes(submission.surface)) return undefined;
  // Our choice: surface-right. 76 is about XML only; an account without the web service gets 77 there.
  return refusal(submission.surface === 'xml' ? '76' : '77');
}

function findTitleFlaw({ title }: Submission, account: SimulatorAccount): ProviderRefusal | undefined {
  if (title === '') return refusal('30');
  // Our choice: title-match. Exact, letter for letter.
  return account.titles.includes(title) ? undefined : refusal('12');
}

function findMessageFlaw(submission: Submission, account: SimulatorAccount): ProviderRefusal | undefined {
  const { messages, media } = submission;
  if (messages.length === 0) return refusal('31');
  const rules = { limit: wholeLimit(submission, account), mayBeEmpty: media !== undefined };
  let text: string | undefined;
  for (const message of messages) {
    if (message.text === text) continue;
    text = message.text;
    const flaw = findTextFlaw(text, rules);
    if (flaw) return flaw;
  }
  return undefined;
}

function findTextFlaw(
  text: string,
  { limit, mayBeEmpty }: { readonly limit: number; readonly mayBeEmpty: boolean },
): ProviderRefusal | undefined {
  // Our choice: empty-text. One client knows code 38 for it; the list has no row.
  if (text === '' && !mayBeEmpty) return { code: '38', text: 'Message must be fill' };
  if (hasUnwantedCharacter(text)) return refusal('80');
  // Our choice: length-unit. Characters after unescaping.
  return text.length > limit ? refusal('85', { limit }) : undefined;
}

/** The length beyond which a text fails the whole package. */
function wholeLimit({ lengthRule, media }: Submission, account: SimulatorAccount): number {
  // Our choice: mms-text. No limit of an MMS's text is known.
  if (media !== undefined || lengthRule === 'SendOtherMessages') return Number.POSITIVE_INFINITY;
  // Our choice: send-all. Longer texts go as several parts, as was seen, up to the longest that there is.
  return lengthRule === 'SendAllPackage' ? 612 : account.maxTextLength;
}

/** Our choice: dates. A date that is none, or an expiry that is past or before the start, is refused with 90. */
function findDateFlaw(
  { startDate, expireDate, switches = {} }: Submission,
  now: number,
): ProviderRefusal | undefined {
  // Our choice: switches. Times that are none are refused as dates are.
  if (!isExclusionReadable(switches)) return refusal('90-other', { detail: 'exclusion-time gecersiz' });
  const start = readDate(startDate);
  const expire = readDate(expireDate);
  if (startDate !== '' && start === undefined) return refusal('90-other', { detail: 'start-date gecersiz' });
  if (expireDate === '') return undefined;
  if (expire === undefined) return refusal('90-other', { detail: 'expire-date gecersiz' });
  const isOver = expire <= now || (start !== undefined && expire <= start);
  return isOver ? refusal('90-other', { detail: 'expire-date gecmis' }) : undefined;
}

function price(
  submission: Submission,
  account: SimulatorAccount,
  { now, spoilt, isUsedId }: Circumstances,
): Judgement {
  const facts = { account, spoilt, isRepeated: createRepeatCheck(isUsedId) };
  const statuses = submission.messages.map((message) => statusOf(message, submission, facts));
  const messages = submission.messages.flatMap((message, i) =>
    statuses[i] === '0' ? pricedMessage(message, submission, account) : [],
  );
  if (messages.length === 0 && !submission.answersPerRecipient) return refused(refusal('31'));
  const parts = messages.reduce((sum, message) => sum + message.parts, 0);
  // The provider's manual: credit must cover the whole package.
  if (parts > account.credit) return refused(refusal('11'));
  const startAt = readDate(submission.startDate);
  const expireAt = readDate(submission.expireDate);
  return {
    kind: 'accepted',
    messages,
    recipients: submission.messages.map((message, i) => recipientResult(message, statuses[i] ?? '0')),
    parts,
    ...(startAt === undefined || startAt <= now ? {} : { startAt }),
    ...(expireAt === undefined ? {} : { expireAt }),
  };
}

/** Tells whether an own id was used before, by the account or earlier in the same request. */
function createRepeatCheck(isUsedId: Circumstances['isUsedId']): (messageId?: string) => boolean {
  const inRequest = new Set<string>();
  return (messageId = '') => {
    if (isUsedId === undefined || messageId === '') return false;
    if (inRequest.has(messageId) || isUsedId(messageId)) return true;
    inRequest.add(messageId);
    return false;
  };
}

interface StatusFacts {
  readonly account: SimulatorAccount;
  readonly spoilt?: SpoiltRecipient | undefined;
  readonly isRepeated: (messageId?: string) => boolean;
}

function statusOf(
  { to, text, messageId }: SubmittedMessage,
  submission: Submission,
  facts: StatusFacts,
): string {
  // Our choice: invalid-numbers. Such a number is left out alone; 27 is a client's word for a bad number.
  if (to === undefined) return '27';
  if (to === facts.spoilt?.to) return facts.spoilt.status;
  const isSkipped =
    submission.lengthRule === 'SendOtherMessages' && text.length > facts.account.maxTextLength;
  if (isSkipped) return '85';
  // Our choice: message-ids. 99 stands for nothing else that a recipient is refused for.
  return facts.isRepeated(messageId) ? '99' : '0';
}

function pricedMessage(
  { to, text, messageId }: SubmittedMessage,
  { media }: Submission,
  account: SimulatorAccount,
): readonly PricedMessage[] {
  if (to === undefined) return [];
  const parts = media === undefined ? countParts(text) : account.mms.cost;
  return [messageId === undefined ? { to, text, parts } : { to, text, parts, messageId }];
}

function recipientResult({ number, messageId }: SubmittedMessage, status: string): RecipientResult {
  return messageId === undefined ? { number, status } : { number, messageId, status };
}

function refused(refusal: ProviderRefusal): Judgement {
  return { kind: 'refused', refusal };
}
