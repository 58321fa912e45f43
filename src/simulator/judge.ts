import { isLogin, type SimulatorAccount } from './account.ts';
import { readDate } from './clock.ts';
import { refusal } from './replies.ts';
import type { Refusal, Submission, SubmittedMessage } from './submission.ts';
import { countParts, hasUnwantedCharacter } from './text.ts';

/** What the provider makes of a submission. */
export type Judgement =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'accepted';
      readonly messages: readonly PricedMessage[];
      /** Messages left out because their number is none. */
      readonly dropped: number;
      readonly parts: number;
      readonly expireAt?: number;
    };

/** A message that will be sent. */
export interface PricedMessage {
  readonly to: string;
  readonly text: string;
  readonly parts: number;
  readonly messageId?: string;
}

/**
 * Judges a submission by the provider's rules; pure, charges nothing.
 * Our choice: check-order. The order when several rules are broken is not known.
 */
export function judge(submission: Submission, account: SimulatorAccount | undefined, now: number): Judgement {
  const flaw =
    checkAccount(submission, account) ??
    checkTitle(submission, account) ??
    checkMessages(submission, account) ??
    checkDates(submission, now);
  if (flaw !== undefined || account === undefined) return refused(flaw ?? refusal('10'));

  const messages = submission.messages.flatMap(price);
  if (messages.length === 0) return refused(refusal('31'));
  const parts = messages.reduce((sum, message) => sum + message.parts, 0);
  // The provider's manual: credit must cover the whole package.
  if (parts > account.credit) return refused(refusal('11'));
  const expireAt = readDate(submission.expireDate);
  const dropped = submission.messages.length - messages.length;
  return { kind: 'accepted', messages, dropped, parts, ...(expireAt === undefined ? {} : { expireAt }) };
}

function checkAccount(submission: Submission, account?: SimulatorAccount): Refusal | undefined {
  if (account === undefined || !isLogin(account, submission.password)) return refusal('10');
  if (!account.open) return refusal('77');
  if (account.surfaces.includes(submission.surface)) return undefined;
  // Our choice: surface-right. 76 is about XML only; an account without the web service gets 77 there.
  return refusal(submission.surface === 'xml' ? '76' : '77');
}

function checkTitle({ title }: Submission, account?: SimulatorAccount): Refusal | undefined {
  if (title === '') return refusal('30');
  // Our choice: title-match. Exact, letter for letter.
  return account?.titles.includes(title) ? undefined : refusal('12');
}

function checkMessages({ messages }: Submission, account?: SimulatorAccount): Refusal | undefined {
  if (messages.length === 0) return refusal('31');
  const limit = account?.maxTextLength ?? 160;
  let text: string | undefined;
  for (const message of messages) {
    if (message.text === text) continue;
    text = message.text;
    if (hasUnwantedCharacter(text)) return refusal('80');
    // Our choice: length-unit. Characters after unescaping.
    if (text.length > limit) return refusal('85', { limit });
  }
  return undefined;
}

/** Our choice: dates. A date that is none, or an expiry that is past or before the start, is refused with 90. */
function checkDates({ startDate, expireDate }: Submission, now: number): Refusal | undefined {
  const start = readDate(startDate);
  const expire = readDate(expireDate);
  if (startDate !== '' && start === undefined) return refusal('90-other', { detail: 'start-date gecersiz' });
  if (expireDate === '') return undefined;
  if (expire === undefined) return refusal('90-other', { detail: 'expire-date gecersiz' });
  const isOver = expire <= now || (start !== undefined && expire <= start);
  return isOver ? refusal('90-other', { detail: 'expire-date gecmis' }) : undefined;
}

/** Our choice: invalid-numbers. One is left out without a word, as HttpSmsSend answers -1 for that one only. */
function price({ to, text, messageId }: SubmittedMessage): readonly PricedMessage[] {
  if (to === undefined) return [];
  const priced = { to, text, parts: countParts(text) };
  return [messageId === undefined ? priced : { ...priced, messageId }];
}

function refused(refusal: Refusal): Judgement {
  return { kind: 'refused', refusal };
}
