import type { Outcome } from '../../src/jetsms/outcome.ts';
import type { Lane } from '../../src/message/lane.ts';
import type { Hold } from '../../src/worker/account/hold-record.ts';
import type { QuestionReport } from '../../src/worker/reports/ask-reports.ts';
import type {
  AskReport,
  AttemptReport,
  CreditTold,
  EndReport,
  FoundLateReport,
  ReportedReport,
  RequestReport,
  SweepReport,
  Telemetry,
} from '../../src/worker/telemetry.ts';
import { outcomeCode } from '../../src/worker/verdict/journal-entries.ts';

/** A telemetry that keeps what it is told, in order. */
export interface RecordingTelemetry extends Telemetry {
  readonly requests: readonly RequestReport[];
  readonly attempts: readonly AttemptReport[];
  readonly asks: readonly AskReport[];
  /** Why what JetSMS said of messages was not believed. */
  readonly inVain: readonly string[];
  readonly ends: readonly EndReport[];
  readonly resends: readonly { readonly lane: Lane; readonly cause: string }[];
  readonly reports: readonly ReportedReport[];
  /** Questions for reports. */
  readonly questions: readonly QuestionReport[];
  readonly foundLates: readonly FoundLateReport[];
  /** How much that nobody of ours wrote waited for reports. */
  readonly strange: readonly number[];
  /** Messages of each request that was sent in halves. */
  readonly splits: readonly number[];
  readonly lateReplies: readonly {
    readonly id: string;
    readonly outcome: Outcome;
    readonly settled: boolean;
  }[];
  /** Jobs each time. */
  readonly unconfirmedJobs: readonly number[];
  readonly locksLost: readonly { readonly id: string; readonly when: string }[];
  /** Every hold as it was seen to change; undefined where it was over. */
  readonly holds: readonly (Hold | undefined)[];
  readonly credits: readonly CreditTold[];
  readonly sweeps: readonly SweepReport[];
  readonly unexpectedErrors: readonly { readonly error: unknown; readonly where: string }[];
  readonly redisErrors: readonly unknown[];
}

export function recordTelemetry(): RecordingTelemetry {
  const requests: RequestReport[] = [];
  const attempts: AttemptReport[] = [];
  const asks: AskReport[] = [];
  const inVain: string[] = [];
  const ends: EndReport[] = [];
  const resends: { lane: Lane; cause: string }[] = [];
  const splits: number[] = [];
  const reports: ReportedReport[] = [];
  const questions: QuestionReport[] = [];
  const foundLate: FoundLateReport[] = [];
  const strange: number[] = [];
  const lateReplies: { id: string; outcome: Outcome; settled: boolean }[] = [];
  const unconfirmedJobs: number[] = [];
  const locksLost: { id: string; when: string }[] = [];
  const holds: (Hold | undefined)[] = [];
  const credits: CreditTold[] = [];
  const sweeps: SweepReport[] = [];
  const unexpectedErrors: { error: unknown; where: string }[] = [];
  const redisErrors: unknown[] = [];
  return {
    requests,
    attempts,
    asks,
    inVain,
    ends,
    resends,
    splits,
    reports,
    questions,
    foundLates: foundLate,
    strange,
    lateReplies,
    locksLost,
    unconfirmedJobs,
    holds,
    credits,
    sweeps,
    unexpectedErrors,
    redisErrors,
    request: (report) => void requests.push(report),
    attempted(reports) {
      attempts.push(...reports);
      for (const { job, outcome, resent } of reports)
        for (let n = 0; n < resent; n += 1) resends.push({ lane: job.lane, cause: outcomeCode(outcome) });
    },
    asked(report) {
      asks.push(report);
      const { job, cause, resent } = report;
      for (let n = 0; n < resent; n += 1) resends.push({ lane: job.lane, cause });
    },
    askedInVain: (why) => void inVain.push(why),
    ended: (report) => void ends.push(report),
    reported: (report) => void reports.push(report),
    reportQuestion: (report) => void questions.push(report),
    foundLate: (report) => void foundLate.push(report),
    strangeReports: (count) => void strange.push(count),
    split: (messages) => void splits.push(messages),
    lateReply: (id, outcome, settled) => void lateReplies.push({ id, outcome, settled }),
    lockLost: (id, when) => void locksLost.push({ id, when }),
    unconfirmed: (jobs) => void unconfirmedJobs.push(jobs),
    hold: (hold) => void holds.push(hold),
    credit: (told) => void credits.push(told),
    swept: (report) => void sweeps.push(report),
    unexpected: (error, where) => void unexpectedErrors.push({ error, where }),
    redis: (error) => void redisErrors.push(error),
  };
}
