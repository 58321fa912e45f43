import type { Outcome } from '../../jetsms/outcome.ts';
import type { HoldReason } from '../../queue/hold-reasons.ts';
import type { Asking, DeathFacts, Piece } from '../../queue/journal.ts';
import type { UncertainPolicy } from './uncertain-policy.ts';

/** What the worker does about a job. `rule` names the table row or the rule that led here. */
export type Verdict = OneVerdict | Split;

/** A verdict that is the same for all messages of a job. */
export type OneVerdict = Complete | Retry | Defer | Ask | HoldAccount | DeadLetterVerdict;

/** What is decided about an outcome: a verdict, or that smaller requests must tell who is at fault. */
export type Decision = OneVerdict | Divide;

export interface Complete {
  readonly kind: 'complete';
  readonly rule: string;
  readonly groupId?: string;
}

/** Send again after `delayMs`; uses an attempt. */
export interface Retry {
  readonly kind: 'retry';
  readonly rule: string;
  readonly delayMs: number;
  /** The request before may have been taken: a second text is possible, and was asked for. */
  readonly resend: boolean;
}

/** Wait for a window; uses no attempt. */
export interface Defer {
  readonly kind: 'defer';
  readonly rule: string;
  readonly delayMs: number;
}

/** Ask JetSMS whether it has the message, after `delayMs`; until that is known, no attempt is counted. */
export interface Ask {
  readonly kind: 'ask';
  readonly rule: string;
  readonly delayMs: number;
  readonly asking: Asking;
}

/** The account stands still; the message goes back to wait and uses no attempt. */
export interface HoldAccount {
  readonly kind: 'hold';
  readonly rule: string;
  readonly reason: Exclude<HoldReason, 'operator'>;
  readonly code: string;
  /** What the request's first message dies of, should it be the one that does: as witness, or at fault itself. */
  readonly facts?: DeathFacts;
  /** The message goes back behind the others: a canary that was refused. */
  readonly isBehind?: boolean;
}

export interface DeadLetterVerdict {
  readonly kind: 'dead-letter';
  readonly rule: string;
  readonly facts: DeathFacts;
}

/** The messages of a job go different ways. */
export interface Split {
  readonly kind: 'split';
  readonly rule: string;
  readonly pieces: readonly Piece[];
}

/** One of the request's messages is at fault, nobody knows which, and none was taken. */
export interface Divide {
  readonly kind: 'divide';
  readonly rule: string;
}

/** All that a decision rests on. Times in epoch milliseconds. */
export interface Situation {
  readonly outcome: Outcome;
  /** Attempts used before this one, and requests without an answer that were sent again. */
  readonly attempts: number;
  readonly resends: number;
  readonly policy: UncertainPolicy;
  readonly maxResends: number;
  readonly deadlineAt: number;
  /** When the request began. */
  readonly startedAt: number;
  /** When there was none any more to wait for: from then on JetSMS is asked, for as long as the policy says. */
  readonly missedAt: number;
  /** Messages that travelled in the request. */
  readonly messages: number;
  /** All of them have one text: what is wrong with it is wrong for each. */
  readonly isOneText?: boolean;
  /** The message was a canary, or the account is held as unreachable: that it cannot be sent is not its own fault. */
  readonly isProbe: boolean;
  /** JetSMS's word on one recipient of an accepted request: then it is not about the account. */
  readonly isOfRecipient?: boolean;
  /** When the account's MMS window opens next; undefined without a window. */
  readonly windowOpensAt?: number;
  readonly now: number;
  /** 0 ≤ random < 1 */
  readonly random: number;
}

/** What a message itself, and the moment, contribute to its situation. */
export const ownSituation = (
  { deadlineAt }: Pick<Situation, 'deadlineAt'>,
  { attempts, resends }: Pick<Situation, 'attempts' | 'resends'>,
  policy: UncertainPolicy,
  { maxResends, now, random }: { readonly maxResends: number; now(): number; random(): number },
): Omit<Situation, 'outcome' | 'messages' | 'isProbe' | 'startedAt' | 'missedAt'> => ({
  policy,
  deadlineAt,
  attempts,
  resends,
  maxResends,
  now: now(),
  random: random(),
});
