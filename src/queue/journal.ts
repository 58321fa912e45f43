/** What messages have used up so far; a piece that is sent again goes on from there. */
export interface Used {
  /** Requests that count against the retry schedule. */
  readonly attempts: number;
  /** Requests without an answer that were sent again. */
  readonly resends: number;
  /** When it was last refused together with its account, and not for its own sake; epoch milliseconds. */
  readonly refusedAt?: number;
  /** One of these messages, and not the account, is the reason for such a refusal. */
  readonly isAtFault?: true;
  /** Its last request may have been taken, and JetSMS is asked about it. */
  readonly asking?: Asking;
}

/** A request without an answer that JetSMS is asked about. */
export interface Asking {
  /** When the request began, epoch milliseconds. */
  readonly since: number;
  /** Why it had no answer. */
  readonly cause: string;
  /** When asking ends, epoch milliseconds. */
  readonly until: number;
  /** Questions so far, those without an answer too. */
  readonly asked: number;
}

/** Takes them out by name: what is given is a whole journal, which must not end up in each of its pieces. */
export const usedOf = ({ attempts, resends, refusedAt, isAtFault, asking }: Used): Used => ({
  attempts,
  resends,
  ...(refusedAt === undefined ? {} : { refusedAt }),
  ...(isAtFault === undefined ? {} : { isAtFault }),
  ...(asking === undefined ? {} : { asking }),
});

/** The same, once nothing is asked any more. */
export function noLongerAsking(used: Used): Used {
  const { asking: _asking, ...rest } = usedOf(used);
  return rest;
}

/**
 * What is known of a send job's way so far. It lies in the job's record, beside BullMQ's job.
 */
export interface Journal extends Used {
  /** BullMQ's stalled counter as far as it has been accounted for. */
  readonly stalls: number;
  /** The latest requests, oldest first; at most `historyLimit`. */
  readonly history: readonly HistoryEntry[];
  /** Set before a request whose second sending would matter; gone once its outcome is known. */
  readonly sending?: Sending;
  /** The job must not be taken before this time: a retry or a deferral whose move was cut off. */
  readonly notBefore?: number;
  /** The end of the message, when it is known but perhaps not yet carried out. */
  readonly settled?: Settled;
}

/** A request that is under way. */
export interface Sending {
  readonly at: number;
  readonly worker: string;
  /** How many of the job's messages it carries, from the first; all where missing. */
  readonly messages?: number;
}
export const outcomeKinds = ['accepted', 'refused', 'unsent', 'uncertain'] as const;

/** One request, as the history shows it. */
export interface HistoryEntry {
  /** Counted from 1 over all requests of the message, those that used no attempt included. */
  readonly n: number;
  readonly at: number;
  readonly outcome: (typeof outcomeKinds)[number];
  /** JetSMS code, `http-401`, or the cause. */
  readonly code: string;
  /** The name of the code's row, where the code has several. */
  readonly row?: string;
  /** What the worker did about it. */
  readonly verdict: string;
  readonly durationMs?: number;
  readonly worker?: string;
  /** The reply came after another worker had taken the message for uncertain. */
  readonly late?: true;
}

/** How a message ended. */
export type Settled =
  | { readonly end: 'accepted'; readonly groupId?: string; readonly at: number; readonly late?: true }
  | ({ readonly end: 'dead'; readonly at: number; readonly late?: true } & DeathFacts)
  /** Its messages went different ways; each piece but the accepted one goes on by itself. */
  | { readonly end: 'split'; readonly at: number; readonly pieces: readonly Piece[]; readonly late?: never };

/** Messages of a job by their index: from the first, up to but without the second. */
export type Range = readonly [from: number, to: number];

/** How many messages the ranges hold. */
export const messagesIn = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from, 0);

/** How all messages of a job, or of a piece, ended. */
export type OneEnd = Exclude<Settled, { readonly end: 'split' }>;

/** What becomes of some of a job's messages. */
export type Piece =
  | { readonly fate: 'accepted'; readonly ranges: readonly Range[]; readonly groupId?: string }
  | { readonly fate: 'dead'; readonly ranges: readonly Range[]; readonly facts: DeathFacts }
  | (Used & { readonly fate: 'again'; readonly ranges: readonly Range[]; readonly delayMs: number });

export const deadReasons = [
  'terminal',
  'exhausted',
  'expired',
  'uncertain',
  'unknown-code',
  'invalid',
  'cancelled',
] as const;
export type DeadReason = (typeof deadReasons)[number];

/** Why a message was given up. */
export interface DeathFacts {
  readonly reason: DeadReason;
  /** JetSMS code, `http-401`, or the cause; missing for `expired` and `invalid`. */
  readonly code?: string;
  /** The name of the code's row, where the code has several. */
  readonly row?: string;
  /** The provider's words, or what is wrong with an invalid job. */
  readonly text?: string;
  /** One of its requests never got an answer: the person may have the text. */
  readonly mayHaveArrived?: true;
}

/** The group id alone, for those acceptances that have one. */
export const idOf = ({ groupId }: { readonly groupId?: string }): { readonly groupId?: string } =>
  groupId === undefined ? {} : { groupId };

/** How the messages of a piece ended; undefined for one that goes on. */
export function endOfPiece(piece: Piece, at: number): OneEnd | undefined {
  if (piece.fate === 'again') return undefined;
  if (piece.fate === 'dead') return { end: 'dead', at, ...piece.facts };
  return { end: 'accepted', at, ...idOf(piece) };
}

/** The facts of a death alone, without what they lie beside. */
export function deathFactsOf({ reason, code, row, text, mayHaveArrived }: DeathFacts): DeathFacts {
  return {
    reason,
    ...(code === undefined ? {} : { code }),
    ...(row === undefined ? {} : { row }),
    ...(text === undefined ? {} : { text }),
    ...(mayHaveArrived === undefined ? {} : { mayHaveArrived }),
  };
}

/** What a finished job keeps as its return value. */
export interface JobResult {
  /** `duplicate`: its idempotency key had been used before, so nothing was sent. `cancelled`: nor was what was called off. */
  readonly end: 'accepted' | 'split' | 'duplicate' | 'cancelled';
  /** Missing where JetSMS gave none. */
  readonly groupId?: string;
  /** How long the request took that was accepted; missing where an earlier run had made it. */
  readonly durationMs?: number;
}

/** Older requests than this fall out of the history; their count stays in `n`. */
export const historyLimit = 20;

export const emptyJournal: Journal = { attempts: 0, resends: 0, stalls: 0, history: [] };
