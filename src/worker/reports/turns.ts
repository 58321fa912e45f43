import type { AccountSettings } from '../../settings/account.ts';
import { pauseUnlessStopped } from '../pause.ts';
import type { Telemetry } from '../telemetry.ts';
import type { QuestionReport } from './ask-reports.ts';
import type { ReportStore } from './report-store.ts';

/** Messages go first, but a campaign of hours does not keep all others from learning: then a question leaves so often. */
const yieldMs = 200;
const longestYieldMs = 2_000;

/** Pauses after questions without an answer, doubled from the first to the longest. */
const firstBackOffMs = 1_000;
const longestBackOffMs = 60_000;

/** A lease outlives the question and the writing by this much. */
const leaseMarginMs = 30_000;

export interface TurnsOptions {
  readonly store: Pick<ReportStore, 'pay' | 'renew'>;
  readonly account: Pick<AccountSettings, 'requestTimeoutMs'>;
  /** Messages are on their way or wait for their turn: they go first. */
  readonly isBusy: () => boolean;
  readonly telemetry: Pick<Telemetry, 'reportQuestion'>;
  /** Default a real pause, which ends when all questions end. */
  readonly pauseFor?: typeof pauseUnlessStopped;
}

/** When questions may leave. */
export interface Turns {
  readonly signal: AbortSignal;
  readonly leaseMs: number;
  pause(ms: number): Promise<void>;
  yieldToMessages(): Promise<void>;
  /** Waits until one more question about jobs that were taken may leave; false where none may any more. */
  mayGoOn(members: readonly string[]): Promise<boolean>;
  onQuestion(report: QuestionReport): void;
}

export function createTurns(
  { store, account, isBusy, telemetry, pauseFor = pauseUnlessStopped }: TurnsOptions,
  signal: AbortSignal,
  backOff: BackOff,
): Turns {
  const leaseMs = account.requestTimeoutMs + leaseMarginMs;
  const pause = async (ms: number): Promise<void> => {
    if (ms > 0) await pauseFor(ms, signal);
  };
  const yieldToMessages = async (): Promise<void> => {
    for (let waitedMs = 0; isBusy() && waitedMs < longestYieldMs && !signal.aborted; waitedMs += yieldMs)
      await pause(yieldMs);
  };
  return {
    signal,
    leaseMs,
    pause,
    yieldToMessages,
    async mayGoOn(members) {
      await yieldToMessages();
      for (let waitMs = await store.pay(); waitMs > 0 && !signal.aborted; waitMs = await store.pay())
        await pause(waitMs);
      await store.renew(members, leaseMs);
      return !signal.aborted;
    },
    onQuestion(report) {
      if (signal.aborted) return;
      backOff.learn(report.result !== 'no-answer');
      telemetry.reportQuestion(report);
    },
  };
}

/** An account whose questions have no answer is asked less and less often by this worker. */
export interface BackOff {
  learn(isAnswered: boolean): void;
  pauseMs(): number;
}

export function createBackOff(): BackOff {
  let silent = 0;
  return {
    learn(isAnswered) {
      silent = isAnswered ? 0 : silent + 1;
    },
    pauseMs: () =>
      silent === 0 ? 0 : Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(silent - 1, 10)),
  };
}
