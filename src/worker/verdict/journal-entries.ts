import type { Outcome } from '../../jetsms/outcome.ts';
import { isProxyRefusal } from '../../jetsms/proxy-causes.ts';
import {
  type HistoryEntry,
  historyLimit,
  idOf,
  type Journal,
  type Sending,
  type Settled,
} from '../../queue/journal.ts';
import { parseJobResult } from '../../queue/parse-journal.ts';
import { completeWith } from './decide.ts';
import type { Verdict } from './verdict.ts';

/** One attempt as the journal records it. */
export interface AttemptFacts {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly now: number;
  readonly durationMs?: number | undefined;
  readonly worker: string | undefined;
  readonly late?: true;
}

/** The code, HTTP status or cause that names an outcome in one word. */
export function outcomeCode(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return '00';
    case 'refused':
      return outcome.by === 'http' ? `http-${outcome.status}` : outcome.code;
    case 'unsent':
    case 'uncertain':
      return outcome.cause;
  }
}

/** The journal before a request whose second sending would matter. */
export const beforeSending = (journal: Journal, sending: Sending): Journal => ({
  ...withoutMarks(journal),
  sending,
});

/** The journal once the outcome is known: what a worker that takes the job again must find. */
export function afterAttempt(journal: Journal, facts: AttemptFacts): Journal {
  const history = [...journal.history, entryOf(journal, facts)].slice(-historyLimit);
  return steppedOn(journal, history, facts);
}

/** What JetSMS said when it was asked about a request without an answer, and what is done about it. */
export interface QuestionFacts extends Omit<AttemptFacts, 'outcome'> {
  readonly outcome: HistoryEntry['outcome'];
  readonly code: string;
}

/**
 * The journal once JetSMS was asked. Only what ends the asking stands in the history, under the number of the request that
 * it is about: there may be many questions.
 */
export function afterQuestion(journal: Journal, facts: QuestionFacts): Journal {
  const { verdict, now, worker, outcome, code } = facts;
  if (verdict.kind === 'ask') return steppedOn(journal, journal.history, facts);
  const entry: HistoryEntry = {
    ...{ n: journal.history.at(-1)?.n ?? 1, at: now, outcome, code, verdict: verdict.kind },
    ...(worker === undefined ? {} : { worker }),
  };
  return steppedOn(journal, [...journal.history, entry].slice(-historyLimit), facts);
}

/** Verdicts after which the same request may be made again, or is not over yet. */
const usesNoAttempt: readonly Verdict['kind'][] = ['hold', 'defer', 'ask'];

function steppedOn(
  journal: Journal,
  history: readonly HistoryEntry[],
  facts: Pick<AttemptFacts, 'verdict' | 'now' | 'late'>,
): Journal {
  const { verdict, now } = facts;
  // What comes after the end, a late reply or report, is about a request that was counted when the job ended.
  const isFree = journal.settled !== undefined || usesNoAttempt.includes(verdict.kind);
  const next: Journal = {
    ...withoutMarks(journal),
    attempts: journal.attempts + (isFree ? 0 : 1),
    resends: journal.resends + (verdict.kind === 'retry' && verdict.resend ? 1 : 0),
    history,
    ...(isByEndpoint(verdict) ? { refusedAt: now } : {}),
    ...(verdict.kind === 'ask' ? { asking: verdict.asking } : {}),
  };
  if (verdict.kind === 'retry' || verdict.kind === 'defer' || verdict.kind === 'ask') {
    return { ...next, notBefore: now + verdict.delayMs };
  }
  const settled = settledBy(facts);
  return settled ? { ...next, settled } : next;
}

/**
 * Refused by the endpoint: should others be accepted and this one be refused again, it is the message after all, one
 * that a firewall dislikes. What JetSMS itself says of an account casts no such doubt, nor does a proxy that lets
 * nobody through.
 */
export const isByEndpoint = (verdict: Verdict): boolean =>
  verdict.kind === 'hold' && verdict.reason === 'endpoint' && !isProxyRefusal(verdict.code);

/** What BullMQ keeps of a finished job. */
export interface Finish {
  readonly returnvalue?: unknown;
  readonly finishedOn?: number | undefined;
  readonly processedBy?: string | undefined;
}

/**
 * The journal of a job as its end completes it. An acceptance is written once, as the job's end: where a journal
 * does not say so already, its last request is read from there.
 */
export function finishedJournal(journal: Journal, finish: Finish): Journal {
  const { finishedOn: now, processedBy: worker } = finish;
  const { end, groupId, durationMs } = parseJobResult(finish.returnvalue) ?? {};
  if (end !== 'accepted' || now === undefined || journal.settled) return journal;
  const verdict = completeWith(groupId);
  const outcome = { kind: 'accepted', ...idOf(verdict) } as const;
  return afterAttempt(journal, { outcome, verdict, now, durationMs, worker });
}

function settledBy({
  verdict,
  now,
  late,
}: Pick<AttemptFacts, 'verdict' | 'now' | 'late'>): Settled | undefined {
  const when = { at: now, ...(late ? { late } : {}) };
  switch (verdict.kind) {
    case 'complete':
      return { end: 'accepted', ...idOf(verdict), ...when };
    case 'dead-letter':
      return { end: 'dead', ...verdict.facts, ...when };
    case 'split':
      return { end: 'split', at: now, pieces: verdict.pieces };
    case 'retry':
    case 'defer':
    case 'ask':
    case 'hold':
      return undefined;
  }
}

function entryOf(journal: Journal, facts: AttemptFacts): HistoryEntry {
  const { outcome, verdict, now, durationMs, worker, late } = facts;
  return {
    n: (journal.history.at(-1)?.n ?? 0) + 1,
    at: now,
    outcome: outcome.kind,
    code: outcomeCode(outcome),
    ...rowOf(outcome),
    verdict: verdict.kind,
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
    ...(worker === undefined ? {} : { worker }),
    ...(late ? { late } : {}),
  };
}

/** The name of the row, where the code alone does not tell which of its rows was meant. */
function rowOf(outcome: Outcome): Pick<HistoryEntry, 'row'> {
  const row = outcome.kind === 'refused' && outcome.by === 'code' ? outcome.row : undefined;
  return row === undefined || row.id === row.code ? {} : { row: row.id };
}

/** Marks of the run before are void once a new step is recorded. */
function withoutMarks({
  sending: _sending,
  notBefore: _notBefore,
  settled: _settled,
  asking: _asking,
  ...rest
}: Journal): Journal {
  return rest;
}

/** How many jobs go out again although they may have been taken: the job itself, or pieces of it. */
export function resentBy(verdict: Verdict, { resends }: Pick<Journal, 'resends'>): number {
  if (verdict.kind === 'retry') return verdict.resend ? 1 : 0;
  if (verdict.kind !== 'split') return 0;
  return verdict.pieces.filter((piece) => piece.fate === 'again' && piece.resends > resends).length;
}
