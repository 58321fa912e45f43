import type { Latency } from './input.ts';

/** How many of the messages end in which way, relative to each other: `{ delivered: 8, failed: 2 }`. */
export interface ReportShares {
  /** Status 1. */
  readonly delivered: number;
  /** Status 3. */
  readonly failed: number;
  /** Status 4. */
  readonly expired: number;
  /** Stays at status 2. */
  readonly never: number;
}

/** What a question says of an own id that JetSMS does not know. */
export const unknownIdAnswers = ['empty', 'error', 'row', 'real'] as const;
export type UnknownIdAnswer = (typeof unknownIdAnswers)[number];

/** What becomes of a message whose own id was used before. */
export const repeatedIdAnswers = ['taken', 'refused'] as const;
export type RepeatedIdAnswer = (typeof repeatedIdAnswers)[number];

/** What becomes of accepted messages, and what questions about them are answered. */
export interface ReportSettings {
  /** Rolled for each message when it is accepted, by the seed, its number, and how often that had a message. */
  readonly shares: ReportShares;
  /** From acceptance, or the start date, to the final status. */
  readonly delay: Latency;
  /** Whether a message of several parts has a record, with a fate of its own, for each. */
  readonly perPart: boolean;
  /** From acceptance until a message is found by its own id, or by a search. */
  readonly idLagMs: number;
  /**
   * `empty`: no row. `error`: the whole question is refused. `row`: a row with status 0, which no message has.
   * `real`: a row with status 2, so that asking proves nothing.
   */
  readonly unknownId: UnknownIdAnswer;
  /** `taken`: accepted again. `refused`: that recipient has status 99. */
  readonly repeatedId: RepeatedIdAnswer;
}

/** Any of the settings. `shares` counts as a whole: a share that is left out is 0. */
export type ReportChange = Partial<Omit<ReportSettings, 'shares'>> & {
  readonly shares?: Partial<ReportShares>;
};

/** Our choice: report-states. What becomes of a message, and how soon, where nothing else is said. */
export const reportDefaults: ReportSettings = {
  shares: { delivered: 1, failed: 0, expired: 0, never: 0 },
  delay: { minMs: 1_000, maxMs: 1_000 },
  perPart: false,
  idLagMs: 0,
  unknownId: 'empty',
  repeatedId: 'taken',
};

const noShares: ReportShares = { delivered: 0, failed: 0, expired: 0, never: 0 };

/** The settings after a change. */
export function changeReports(settings: ReportSettings, change: ReportChange): ReportSettings {
  const shares = change.shares === undefined ? settings.shares : { ...noShares, ...change.shares };
  return { ...settings, ...change, shares };
}
