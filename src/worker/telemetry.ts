import type { Outcome } from '../jetsms/outcome.ts';
import type { Lane } from '../message/lane.ts';
import type { DeadReason } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { WaitingReport } from '../queue/waiting-report.ts';
import type { Hold } from './account/hold-record.ts';
import type { Acceptance } from './reports/accept-found.ts';
import type { QuestionReport } from './reports/ask-reports.ts';
import type { Learned } from './reports/learned.ts';
import type { Verdict } from './verdict/verdict.ts';

/** One attempt of one job: all the facts that its log line and the metrics speak of. */
export interface AttemptReport {
  readonly id: string;
  readonly job: SendJob;
  /** Counted from 1 over all requests of the job. */
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** From enqueueing to the request, in milliseconds. */
  readonly waitedMs: number;
  /** Messages that travelled in the same request. */
  readonly travelled: number;
  readonly late: boolean;
  /** Send jobs that go out again although they may have been taken: this one, or pieces of it. */
  readonly resent: number;
}

/** One request, however many jobs it carried. */
export interface RequestReport {
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly messages: number;
}

/** What JetSMS was asked about messages of one job whose request got no answer. */
export interface AskReport {
  readonly id: string;
  readonly job: SendJob;
  /** Messages by what was said of them. */
  readonly found: number;
  readonly notFound: number;
  readonly noAnswer: number;
  /** Questions about them so far, this one included. */
  readonly asked: number;
  /** Why the request had no answer. */
  readonly cause: string;
  readonly verdict: Verdict;
  /** Since the request began, in milliseconds. */
  readonly sinceMs: number;
  /** Send jobs that go out again although they may have been taken: this one, or pieces of it. */
  readonly resent: number;
}

/** The end of a job's messages. */
export interface EndReport {
  readonly id: string;
  readonly lane: Lane;
  readonly end: 'accepted' | DeadReason;
  readonly messages: number;
  readonly parts: number;
  /** From enqueueing to the end, in milliseconds. */
  readonly tookMs: number;
  readonly code?: string;
}

/** What has become final of one job's messages. */
export interface ReportedReport {
  readonly waiting: Pick<WaitingReport, 'job' | 'lane' | 'endedAt'>;
  readonly learned: Learned;
  readonly now: number;
}

/** A job that was given up, and that JetSMS turned out to have. */
export interface FoundLateReport {
  readonly id: string;
  readonly lane: Lane;
  /** JetSMS's status of it. */
  readonly status: string;
  readonly acceptance: Acceptance;
}

/** An answer to the question for the credit, or the code, HTTP status or cause of there being none. */
export type CreditTold = { readonly credit: number } | { readonly why: string };

/** What lay in Redis for too long. */
export interface SweepReport {
  readonly what: 'completed' | 'failed' | 'dead-letters';
  /** Jobs, or letters. */
  readonly removed: number;
  /** Letters that are as old, but in the middle of a replay or not yet settled. */
  readonly left: number;
  readonly olderThanMs: number;
}

/** What the worker of one account tells; log lines and metrics are made from it in one place. */
export interface Telemetry {
  request(report: RequestReport): void;
  /** The attempts that one request was for its jobs. */
  attempted(reports: readonly AttemptReport[]): void;
  asked(report: AskReport): void;
  /** What JetSMS says of messages cannot be believed: it speaks so of an id that nobody has used, or says nothing of it. */
  askedInVain(why: 'found' | 'no-answer'): void;
  ended(report: EndReport): void;
  /** What JetSMS said became of messages, or that it did not say. */
  reported(report: ReportedReport): void;
  /** A question for reports. */
  reportQuestion(report: QuestionReport): void;
  /** A job that was given up as uncertain is with JetSMS after all. */
  foundLate(report: FoundLateReport): void;
  /** What waited for a report was written by nobody of ours; it was taken away. */
  strangeReports(count: number): void;
  /** A request was refused because of one of its messages, and is sent in halves. */
  split(messages: number): void;
  /** A reply came after the job's lock was lost. */
  lateReply(id: string, outcome: Outcome, settled: boolean): void;
  lockLost(id: string, when: string): void;
  /** Jobs whose request did not leave, because too few replicas have confirmed that it was about to. */
  unconfirmed(jobs: number): void;
  hold(hold: Hold | undefined, before: Hold | undefined): void;
  /** What JetSMS said of the account's credit, or why it said nothing. */
  credit(told: CreditTold): void;
  /** Something was taken away because of its age. */
  swept(report: SweepReport): void;
  /** Something of ours threw what it should not have thrown. */
  unexpected(error: unknown, where: string): void;
  /** Redis does not answer as it should; many of these in a row become one log line. */
  redis(error: unknown): void;
}
