/**
 * What a send job knows of its own way. It lies in the job's `progress`, so that the worker that takes the
 * job reads it without asking Redis again, and the dashboard shows it.
 */
export interface Journal {
  /** Requests that count against the retry schedule. */
  readonly attempts: number;
  /** Requests without an answer that were sent again. */
  readonly resends: number;
  /** BullMQ's stalled counter as far as it has been accounted for. */
  readonly stalls: number;
  /** The latest requests, oldest first; at most `historyLimit`. */
  readonly history: readonly HistoryEntry[];
  /** Set before a request whose second sending would matter; gone once its outcome is known. */
  readonly sending?: { readonly at: number; readonly worker: string };
  /** The job must not be taken before this time: a retry or a deferral whose move was cut off. */
  readonly notBefore?: number;
  /** The end of the message, when it is known but perhaps not yet carried out. */
  readonly settled?: Settled;
}

/** One request, as the history shows it. */
export interface HistoryEntry {
  /** Counted from 1 over all requests of the message, those that used no attempt included. */
  readonly n: number;
  readonly at: number;
  readonly outcome: 'accepted' | 'refused' | 'unsent' | 'uncertain';
  /** JetSMS code, `http-401`, or the cause. */
  readonly code: string;
  /** What the worker did about it. */
  readonly verdict: string;
  readonly durationMs?: number;
  readonly worker?: string;
  /** The reply came after another worker had taken the message for uncertain. */
  readonly late?: true;
}

/** How a message ended. */
export type Settled =
  | { readonly end: 'accepted'; readonly groupId: string; readonly at: number; readonly late?: true }
  | ({ readonly end: 'dead'; readonly at: number; readonly late?: true } & DeathFacts)
  | { readonly end: 'split'; readonly at: number };

export const deadReasons = [
  'terminal',
  'exhausted',
  'expired',
  'uncertain',
  'unknown-code',
  'invalid',
] as const;
export type DeadReason = (typeof deadReasons)[number];

/** Why a message was given up. */
export interface DeathFacts {
  readonly reason: DeadReason;
  /** JetSMS code, `http-401`, or the cause; missing for `expired` and `invalid`. */
  readonly code?: string;
  /** The provider's words, or what is wrong with an invalid job. */
  readonly text?: string;
  /** One of its requests never got an answer: the person may have the text. */
  readonly mayHaveArrived?: true;
}

/** Older requests than this fall out of the history; their count stays in `n`. */
export const historyLimit = 20;

export const emptyJournal: Journal = { attempts: 0, resends: 0, stalls: 0, history: [] };

/** Reads a job's progress; anything that is no journal counts as empty. */
export function parseJournal(progress: unknown): Journal {
  if (typeof progress !== 'object' || progress === null || !('history' in progress)) return emptyJournal;
  return progress as Journal;
}
