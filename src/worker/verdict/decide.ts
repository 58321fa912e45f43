import type { CodeRow } from '../../codes/index.ts';
import {
  type RefusedByCode,
  type RefusedByHttp,
  soapFaultCode,
  type Uncertain,
  type Unsent,
} from '../../jetsms/outcome.ts';
import { isProxyRefusal } from '../../jetsms/proxy-causes.ts';
import type { Asking, DeathFacts } from '../../queue/journal.ts';
import {
  askDelayMs,
  deferSpreadMs,
  fullJitter,
  longestRetryAfterMs,
  resendDelaysMs,
  unsentDelaysMs,
} from './schedules.ts';
import type {
  Ask,
  Complete,
  DeadLetterVerdict,
  Decision,
  Defer,
  OneVerdict,
  Retry,
  Situation,
} from './verdict.ts';

/** What to do about an outcome. Pure and total; docs/architecture.md shows the table that it carries out. */
export function decide(situation: Situation): Decision {
  const { outcome } = situation;
  switch (outcome.kind) {
    case 'accepted':
      return completeWith(outcome.groupId);
    case 'refused':
      return outcome.by === 'http' ? refusedByHttp(outcome, situation) : refusedByCode(outcome, situation);
    case 'unsent':
      return unsent(outcome, situation);
    case 'uncertain':
      return uncertain(outcome, situation);
  }
}

/** The verdict on an acceptance, whether JetSMS gave an id or not. */
export const completeWith = (groupId: string | undefined): Complete => ({
  kind: 'complete',
  rule: '00',
  ...(groupId === undefined ? {} : { groupId }),
});

/**
 * Too large a request is divided. Anything else says that address, proxy or firewall is wrong; so does one message
 * that is said to be too large.
 */
function refusedByHttp({ status }: RefusedByHttp, situation: Situation): Decision {
  const code = `http-${status}`;
  if (status === 413 && situation.messages > 1) return requestFault({ code }, situation);
  const { facts } = dead({ reason: 'terminal', code }, code, situation);
  return { kind: 'hold', rule: code, reason: 'endpoint', code, facts };
}

function refusedByCode({ code, row, text }: RefusedByCode, situation: Situation): Decision {
  // The web service's way to say that the request itself was wrong; no code of the list.
  if (code === soapFaultCode) return requestFault({ code, text }, situation);
  if (!row) return unknownCode({ code, text }, situation);
  switch (row.class) {
    case 'retryable':
      return row.scope === 'quota'
        ? { kind: 'hold', rule: row.id, reason: 'no-credit', code }
        : retryByRow(row, situation, text);
    case 'deferred':
      return deferByRow(row, situation, text);
    case 'terminal':
      return terminal(row, situation, text);
    case 'accepted':
      // `00` never arrives here as a refusal; if it does, the answer contradicts itself.
      return uncertain({ kind: 'uncertain', cause: 'malformed-reply' }, situation);
  }
}

type Refusal = Pick<DeathFacts, 'row' | 'text'> & { readonly code: string };

function requestFault(refusal: Refusal, situation: Situation): Decision {
  if (situation.messages > 1) return { kind: 'divide', rule: refusal.code };
  return dead({ reason: 'terminal', ...refusal }, refusal.code, situation);
}

/**
 * That nothing of such a request was taken is our assumption: JetSMS's list calls every code but 00 an error.
 */
function unknownCode(refusal: Refusal, situation: Situation): OneVerdict {
  const verdict = dead({ reason: 'unknown-code', ...refusal }, 'unknown-code', situation);
  if (situation.isOfRecipient) return verdict;
  const { rule, facts } = verdict;
  return { kind: 'hold', rule, reason: 'unknown-code', code: refusal.code, facts };
}

function terminal(row: CodeRow, situation: Situation, text: string): Decision {
  const refusal = factsOf(row, text);
  if (row.scope === 'account' && !situation.isOfRecipient) return accountFault(row, refusal, situation);
  if (oneMayBeAtFault(row, situation)) return { kind: 'divide', rule: row.id };
  return dead({ reason: 'terminal', ...refusal }, row.id, situation);
}

/** Never the message's own: where others are accepted in between, the account works now and then. */
function accountFault({ id: rule }: CodeRow, refusal: Refusal, situation: Situation): OneVerdict {
  const { facts } = dead({ reason: 'terminal', ...refusal }, rule, situation);
  return { kind: 'hold', rule, reason: 'account-fault', code: refusal.code, facts };
}

/** Codes of scope message that are about the title, which a request has once, or about the text. */
const aboutTitle = ['30'];
const aboutText = ['80', '85'];

/** Whether one of several messages can have caused the refusal, so that halves would come to another end. */
function oneMayBeAtFault({ code, scope, surface }: CodeRow, { messages, isOneText }: Situation): boolean {
  if (messages === 1 || aboutTitle.includes(code)) return false;
  if (isOneText && aboutText.includes(code)) return false;
  // Of an MMS all recipients get the same medium: what is wrong with it is wrong for each.
  return (scope === 'message' && surface !== 'mms') || scope === 'request';
}

/** What a dead letter keeps of a refusal. */
const factsOf = (row: CodeRow, text: string): Refusal => ({
  code: row.code,
  ...(row.id === row.code ? {} : { row: row.id }),
  text,
});

function retryByRow(row: CodeRow, situation: Situation, text: string): OneVerdict {
  const facts = factsOf(row, text);
  return retryOrDie({ schedule: row.retryDelaysMs, rule: row.id, facts, atLeastMs: 0 }, situation);
}

function deferByRow(row: CodeRow, situation: Situation, text: string): OneVerdict {
  const { windowOpensAt, now, random } = situation;
  const opensInMs = windowOpensAt === undefined ? (row.retryDelaysMs[0] ?? 0) : windowOpensAt - now;
  const delayMs = Math.max(0, opensInMs) + fullJitter(deferSpreadMs, random);
  const verdict: Defer = { kind: 'defer', rule: row.id, delayMs };
  return unlessExpired(verdict, factsOf(row, text), situation);
}

/**
 * Where the proxy refuses, no message can go before settings or proxy are changed: held, as for a wrong address. It has
 * no facts, since no message is ever at fault.
 */
function unsent({ cause, retryAfterMs = 0 }: Unsent, situation: Situation): OneVerdict {
  if (isProxyRefusal(cause)) return { kind: 'hold', rule: 'unsent', reason: 'endpoint', code: cause };
  if (situation.isProbe) return { kind: 'hold', rule: 'unsent', reason: 'unreachable', code: cause };
  const atLeastMs = Math.min(retryAfterMs, longestRetryAfterMs);
  return retryOrDie(
    { schedule: unsentDelaysMs, rule: 'unsent', facts: { code: cause }, atLeastMs },
    situation,
  );
}

/** JetSMS is asked whether it has the message, where it can be asked and the message wants it. */
export function uncertain({ cause }: Uncertain, situation: Situation): OneVerdict {
  const { policy, startedAt, missedAt } = situation;
  if (!policy.asks) return withoutAnswer(cause, situation);
  const asking: Asking = { since: startedAt, cause, until: missedAt + policy.forMs, asked: 0 };
  return nextQuestion(asking, policy, situation) ?? withoutAnswer(cause, situation);
}

/** What a question was answered about one message; `status` is JetSMS's. */
export type Answer =
  | { readonly kind: 'found'; readonly status: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'no-answer' };

/** What to decide about a message that JetSMS was asked about. */
export type AskedSituation = Pick<
  Situation,
  'policy' | 'resends' | 'maxResends' | 'deadlineAt' | 'now' | 'random'
> & { readonly answer: Answer; readonly asking: Asking };

/**
 * What to do once JetSMS was asked. That it does not know a message proves nothing, since how soon it does is not public:
 * it is asked again until the time is over. Pure and total.
 */
export function decideAsked(situation: AskedSituation): OneVerdict {
  const { answer, asking, policy } = situation;
  if (answer.kind === 'found') return { ...completeWith(undefined), rule: 'found' };
  const next = policy.asks
    ? nextQuestion({ ...asking, asked: asking.asked + 1 }, policy, situation)
    : undefined;
  return next ?? withoutAnswer(asking.cause, situation);
}

/** The last question is asked when the time for asking is over; after it there is none. */
function nextQuestion(
  asking: Asking,
  { firstMs }: { readonly firstMs: number },
  { now, random }: Pick<Situation, 'now' | 'random'>,
): Ask | undefined {
  const leftMs = asking.until - now;
  if (leftMs <= 0) return undefined;
  const delayMs = Math.min(leftMs, askDelayMs(firstMs, asking.asked, random));
  return { kind: 'ask', rule: 'uncertain: ask', delayMs, asking };
}

/** Nothing more can be learned of a request without an answer. */
function withoutAnswer(
  cause: string,
  situation: Pick<Situation, 'policy' | 'resends' | 'maxResends' | 'deadlineAt' | 'now' | 'random'>,
): OneVerdict {
  const { policy, resends, maxResends, now, random, deadlineAt } = situation;
  const facts: DeathFacts = { reason: 'uncertain', code: cause, mayHaveArrived: true };
  const parked: OneVerdict = {
    kind: 'dead-letter',
    rule: `uncertain: ${policy.otherwise}`,
    facts,
  };
  if (policy.otherwise === 'park' || resends >= maxResends) return parked;
  const scheduleMs = resendDelaysMs[Math.min(resends, resendDelaysMs.length - 1)] ?? 0;
  const delayMs = fullJitter(scheduleMs, random);
  // Past the deadline nobody knows whether it arrived: that is uncertain, not expired.
  if (now + delayMs >= deadlineAt) return parked;
  return { kind: 'retry', rule: 'uncertain: resend', delayMs, resend: true };
}

interface Retryable {
  readonly schedule: readonly number[];
  readonly rule: string;
  readonly facts: Omit<DeathFacts, 'reason'>;
  readonly atLeastMs: number;
}

function retryOrDie({ schedule, rule, facts, atLeastMs }: Retryable, situation: Situation): OneVerdict {
  const scheduledMs = schedule[situation.attempts];
  if (scheduledMs === undefined) return dead({ ...facts, reason: 'exhausted' }, rule, situation);
  const delayMs = Math.max(atLeastMs, fullJitter(scheduledMs, situation.random));
  return unlessExpired({ kind: 'retry', rule, delayMs, resend: false }, facts, situation);
}

function unlessExpired(
  verdict: Retry | Defer,
  facts: Omit<DeathFacts, 'reason'>,
  situation: Situation,
): OneVerdict {
  if (situation.now + verdict.delayMs < situation.deadlineAt) return verdict;
  return dead({ ...facts, reason: 'expired' }, verdict.rule, situation);
}

function dead(facts: DeathFacts, rule: string, { resends }: Situation): DeadLetterVerdict {
  const arrived = resends > 0 ? { mayHaveArrived: true as const } : {};
  return { kind: 'dead-letter', rule, facts: { ...facts, ...arrived } };
}
