import type { Outcome } from '../jetsms/outcome.ts';
import type { Attempt } from '../jetsms/provider-request.ts';
import type { Used } from '../queue/journal.ts';
import type { RefusalEffect } from './account/hold-refusals.ts';
import type { Delivery, RequestContext } from './delivery.ts';
import { completeWith, decide } from './verdict/decide.ts';
import { firstAndRest, halves, piecesByFate } from './verdict/division.ts';
import { asideMs, trialMs } from './verdict/schedules.ts';
import {
  type DeadLetterVerdict,
  type Decision,
  type Divide,
  type HoldAccount,
  type OneVerdict,
  ownSituation,
  type Verdict,
} from './verdict/verdict.ts';

/** A request that came to something. */
export interface Sent {
  readonly attempt: Attempt;
  /** All messages of the request have the same text. */
  readonly isOneText: boolean;
  readonly startedAt: number;
  /** Messages in the request. */
  readonly messages: number;
}

/** What became of one job of a request. */
export interface Judged<V = Verdict> {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
  readonly verdict: V;
  /** The account's part in it, where one of several messages met it. */
  readonly hold?: HoldAccount;
}

/** Whether there is a verdict on each job: smaller requests need not tell who is at fault. */
export const areJudged = (judged: readonly Judged<Verdict | Divide>[]): judged is readonly Judged[] =>
  judged.every(({ verdict }) => verdict.kind !== 'divide');

/**
 * Decides for each job of a request. A job that cannot be judged, which can only be a bug, harms itself only: it is
 * accepted where JetSMS said so, else given up, since nobody knows whether it may be sent again.
 */
export function judgeAll(
  group: readonly Delivery[],
  sent: Sent,
  context: RequestContext,
): readonly Judged<Verdict | Divide>[] {
  const { outcome, perMessage } = sent.attempt;
  let first = 0;
  return group.map((delivery) => {
    const own = perMessage?.slice(first, first + delivery.messages);
    first += delivery.messages;
    try {
      return own ? judgeEach(delivery, own, sent, context) : judgeOne(delivery, sent, context);
    } catch (error) {
      context.telemetry.unexpected(error, 'judging');
      return { delivery, outcome, verdict: withoutJudgement(outcome) };
    }
  });
}

function withoutJudgement(outcome: Outcome): Verdict {
  if (outcome.kind === 'accepted') return completeWith(outcome.groupId);
  const text = 'an error of ours while the reply was judged; the log has it as unexpected.error';
  return { kind: 'dead-letter', rule: 'unjudged', facts: { reason: 'invalid', text, mayHaveArrived: true } };
}

function judgeOne(delivery: Delivery, sent: Sent, context: RequestContext): Judged<Verdict | Divide> {
  const { outcome } = sent.attempt;
  const decision = decisionOn(delivery, outcome, sent, context);
  if (sent.messages === 1) {
    const verdict = ofOne(decision);
    return delivery.isCanary ? judgeCanary(delivery, outcome, verdict) : { delivery, outcome, verdict };
  }
  const isMany = decision.kind === 'divide' && delivery.messages > 1;
  if (!isMany) return { delivery, outcome, verdict: decision };
  const pieces = halves(delivery.job, delivery.journal);
  return { delivery, outcome, verdict: { kind: 'split', rule: decision.rule, pieces } };
}

/** A request of one message is not divided; were it ever, the message would just go again. */
const ofOne = (decision: Decision): OneVerdict =>
  decision.kind === 'divide' ? { kind: 'defer', rule: decision.rule, delayMs: 0 } : decision;

/** Of a large job one message went; the others go on by themselves, unless all go back together. */
function judgeCanary(delivery: Delivery, outcome: Outcome, own: OneVerdict): Judged {
  const { job, journal } = delivery;
  if (own.kind === 'hold')
    return { delivery, outcome, verdict: { ...own, isBehind: outcome.kind === 'refused' } };
  if (job.to.length === 1) return { delivery, outcome, verdict: own };
  const pieces = firstAndRest(own, job, journal);
  return { delivery, outcome, verdict: { kind: 'split', rule: 'canary', pieces } };
}

/** The provider answered for each recipient: one end for all, or a piece for each. */
function judgeEach(
  delivery: Delivery,
  outcomes: readonly Outcome[],
  { attempt, isOneText, startedAt }: Sent,
  context: RequestContext,
): Judged {
  // Where somebody was accepted, no refusal can be the account's.
  const isOfRecipient = attempt.perMessage?.some(({ kind }) => kind === 'accepted') ?? false;
  const alone = { messages: 1, isOneText, startedAt, attempt, isOfRecipient };
  const verdicts = outcomes.map((outcome) => ofOne(decisionOn(delivery, outcome, alone, context)));
  const [outcome = attempt.outcome] = outcomes;
  const [verdict] = verdicts;
  if (delivery.isCanary && verdict) return judgeCanary(delivery, outcome, verdict);
  const isOneFate = piecesByFate(verdicts, delivery.journal).length === 1;
  if (isOneFate && verdict) return { delivery, outcome, verdict };
  const pieces = piecesByFate(verdicts, delivery.journal, delivery.job);
  const hold = verdicts.find((one) => one.kind === 'hold');
  const divided: Verdict = { kind: 'split', rule: 'by recipient', pieces };
  return { delivery, outcome: attempt.outcome, verdict: divided, ...(hold ? { hold } : {}) };
}

/** What travelled together, as far as a verdict cares. */
interface Company {
  readonly messages: number;
  readonly isOneText: boolean;
  readonly startedAt: number;
  readonly attempt: Pick<Attempt, 'durationMs'>;
  readonly isOfRecipient?: boolean;
}

function decisionOn(
  { job, journal, policy, isCanary }: Delivery,
  outcome: Outcome,
  { messages, isOneText, startedAt, attempt, isOfRecipient = false }: Company,
  context: RequestContext,
): Decision {
  const own = ownSituation(job, journal, policy, context);
  const windowOpensAt = outcome.kind === 'refused' ? context.windowOpensAt(own.now) : undefined;
  return decide({
    ...own,
    outcome,
    startedAt,
    missedAt: Math.round(startedAt + attempt.durationMs),
    messages,
    isOneText,
    isProbe: isCanary || context.holds.current()?.reason === 'unreachable',
    isOfRecipient,
    ...(windowOpensAt === undefined ? {} : { windowOpensAt }),
  });
}

/** Carries out what the hold made of the request's first message; the others go back to wait. */
export function withEffect(judged: readonly Judged[], effect: RefusalEffect, now: number): readonly Judged[] {
  const [first, ...others] = judged;
  if (effect === 'back' || first?.verdict.kind !== 'hold') return judged;
  return [{ ...first, verdict: verdictOfEffect(first.delivery, first.verdict, effect, now) }, ...others];
}

/** Since when they are: after that somebody must be accepted before one of them is given up. */
const foundAtFault = (used: Used, now: number): Used =>
  used.isAtFault ? used : { ...used, isAtFault: true, refusedAt: now };

function verdictOfEffect(
  { job, journal }: Delivery,
  verdict: HoldAccount,
  effect: Exclude<RefusalEffect, 'back'>,
  now: number,
): Verdict {
  const { rule, facts } = verdict;
  // Unlike a hold, a deferral notes no new refusal, after which others would have to be accepted all over again.
  if (effect === 'aside') return { kind: 'defer', rule, delayMs: asideMs };
  if (effect === 'on-trial') return { kind: 'defer', rule, delayMs: trialMs };
  if (!facts) return verdict;
  const dead: DeadLetterVerdict = { kind: 'dead-letter', rule, facts };
  if (job.to.length === 1) return dead;
  const pieces =
    effect === 'witness' ? firstAndRest(dead, job, journal) : halves(job, foundAtFault(journal, now));
  return { kind: 'split', rule, pieces };
}
