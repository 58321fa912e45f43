import { meaningInWords } from '../codes/index.ts';
import { type Outcome, type RefusedByCode, soapFaultCode } from '../jetsms/outcome.ts';
import { createErrorThrottle } from '../log/error-throttle.ts';
import type { Logger } from '../log/logger.ts';
import { maskNumber } from '../message/number.ts';
import type { VerdictReason } from '../metrics/labels.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { meaningOfCode } from '../queue/dead-letter-meaning.ts';
import { idOf } from '../queue/journal.ts';
import type { AccountSettings } from '../settings/account.ts';
import type { LogAccepted } from '../settings/settings.ts';
import type { Hold } from './account/hold-record.ts';
import { tellOfReports } from './reports/telling.ts';
import type { AskReport, AttemptReport, EndReport, Telemetry } from './telemetry.ts';
import { outcomeCode } from './verdict/journal-entries.ts';
import type { Verdict } from './verdict/verdict.ts';

/** The level of each event: expected refusals are news, not errors; an unknown code needs a person. */
type Level = 'debug' | 'info' | 'warn' | 'error';

export interface TelemetryOptions {
  readonly account: Pick<AccountSettings, 'name' | 'surface'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What an accepted message's line is for: each attempt of a job, or each request. Default `attempt`. */
  readonly logAccepted?: LogAccepted;
  /** Milliseconds; default a clock that never jumps. */
  readonly now?: () => number;
}

/** Redis errors come by the thousand; a line in so many milliseconds says enough. */
const floodWindowMs = 10_000;

/** Makes log lines and metrics of what a worker tells: the one place for both. */
export function createTelemetry({ account, log, metrics, ...choices }: TelemetryOptions): Telemetry {
  const { logAccepted = 'attempt', now = () => performance.now() } = choices;
  const { name, surface } = account;
  const lines = log.child({ account: name, surface });
  let creditIsKnown = true;
  const throttle = createErrorThrottle({ windowMs: floodWindowMs, now });
  return {
    request({ outcome, durationMs }) {
      metrics.request({ account: name, surface, outcome: outcome.kind, durationMs });
      if (isWithoutGroupId(outcome)) metrics.acceptedWithoutId({ account: name, surface });
    },
    attempted(reports) {
      for (const report of reports) countAttempt(report, account, metrics);
      const { together, alone } = linesFor(reports, logAccepted);
      if (together.length > 0) requestLine(together, lines);
      for (const report of alone) attemptLine(report, lines);
    },
    asked(report) {
      countAnswers(report, name, metrics);
      const level = report.verdict.kind === 'ask' ? 'debug' : 'info';
      if (lines.isLevelEnabled(level)) lines[level](askFields(report), 'message.asked');
    },
    askedInVain(why) {
      lines.warn({ why }, 'asking.in-vain');
    },
    ended(report) {
      metrics.ended({ account: name, ...report });
      lines[endLevel(report)](report, report.end === 'accepted' ? 'message.accepted' : 'message.dead');
    },
    ...tellOfReports(name, lines, metrics),
    split(messages) {
      metrics.split(name);
      lines.info({ messages }, 'request.split');
    },
    lateReply(id, outcome, settled) {
      metrics.lateReply({ account: name, outcome: outcome.kind, settled });
      lines.warn({ id, outcome: outcome.kind, code: outcomeCode(outcome), settled }, 'reply.late');
    },
    lockLost(id, when) {
      metrics.lockLost(name);
      lines.warn({ id, when }, 'lock.lost');
    },
    unconfirmed(jobs) {
      metrics.marksUnconfirmed(name, jobs);
      const admitted = throttle.admit(new Error('marks unconfirmed'));
      if (admitted) lines.warn({ jobs, repeated: admitted.repeated }, 'marks.unconfirmed');
    },
    hold(hold, before) {
      if (hold && hold.mode !== 'resuming') return lines.warn(holdFields(hold), `account.${hold.mode}`);
      lines.info({ before: before?.reason }, hold ? 'account.resuming' : 'account.flowing');
    },
    credit(told) {
      if ('credit' in told) lines.debug(told, 'credit.read');
      // An account that may not ask gets the same no again and again: once is news.
      else lines[creditIsKnown ? 'warn' : 'debug'](told, 'credit.unknown');
      creditIsKnown = 'credit' in told;
    },
    swept(report) {
      metrics.swept({ account: name, what: report.what, removed: report.removed });
      lines[report.what === 'dead-letters' ? 'info' : 'debug'](report, 'retention.swept');
    },
    unexpected(error, where) {
      metrics.unexpected();
      lines.error({ err: error, where }, 'unexpected.error');
    },
    redis(error) {
      const err = error instanceof Error ? error : new Error(String(error));
      const admitted = throttle.admit(err);
      if (admitted) lines.error({ err, repeated: admitted.repeated }, 'redis.error');
    },
  };
}

function countAttempt(
  report: AttemptReport,
  { name, surface }: TelemetryOptions['account'],
  metrics: Metrics,
): void {
  const { job, outcome, verdict, resent } = report;
  const code = outcomeCode(outcome);
  const reason = reasonOf(report);
  metrics.attempt({ account: name, surface, outcome: outcome.kind, code, verdict: verdict.kind, reason });
  for (let n = 0; n < resent; n += 1) metrics.resent({ account: name, lane: job.lane, cause: code });
}

function countAnswers(report: AskReport, account: string, metrics: Metrics): void {
  const { job, found, notFound, noAnswer, cause, resent } = report;
  metrics.asked({ account, found, 'not-found': notFound, 'no-answer': noAnswer });
  for (let n = 0; n < resent; n += 1) metrics.resent({ account, lane: job.lane, cause });
}

/** Which attempts share the line of their request, and which have one of their own. */
function linesFor(
  reports: readonly AttemptReport[],
  logAccepted: LogAccepted,
): Readonly<Record<'together' | 'alone', readonly AttemptReport[]>> {
  if (logAccepted === 'attempt') return { together: [], alone: reports };
  return {
    together: reports.filter(isPlainlyAccepted),
    alone: reports.filter((report) => !isPlainlyAccepted(report)),
  };
}

function requestLine(reports: readonly AttemptReport[], lines: Logger): void {
  if (lines.isLevelEnabled('info')) lines.info(requestFields(reports), 'request.accepted');
}

function attemptLine(report: AttemptReport, lines: Logger): void {
  const level = attemptLevel(report.verdict);
  if (lines.isLevelEnabled(level)) lines[level](attemptFields(report), `delivery.${report.outcome.kind}`);
}

function reasonOf({ outcome, verdict }: AttemptReport): VerdictReason {
  if (verdict.kind === 'dead-letter') return verdict.facts.reason;
  return verdict.kind === 'hold' ? verdict.reason : outcome.kind;
}

function attemptLevel(verdict: Verdict): Level {
  if (verdict.kind !== 'dead-letter') return 'info';
  if (verdict.facts.reason === 'unknown-code') return 'error';
  return verdict.facts.reason === 'terminal' ? 'info' : 'warn';
}

const endLevel = ({ end }: EndReport): Level => (end === 'accepted' || end === 'terminal' ? 'debug' : 'warn');

/** Every fact of an attempt, in one line. docs/logs.md lists the fields; a test compares them. */
function attemptFields(report: AttemptReport): Readonly<Record<string, unknown>> {
  const { id, job, attempt, outcome, verdict, durationMs, waitedMs, travelled, late, resent } = report;
  const [first = ''] = job.to;
  return {
    id,
    lane: job.lane,
    attempt,
    outcome: outcome.kind,
    code: outcomeCode(outcome),
    ...(outcome.kind === 'refused' && outcome.by === 'code' ? { meaning: meaningOf(outcome) } : {}),
    ...(outcome.kind === 'accepted' ? idOf(outcome) : {}),
    ...(isWithoutGroupId(outcome) ? { withoutGroupId: true } : {}),
    verdict: verdict.kind,
    rule: verdict.rule,
    ...(verdict.kind === 'dead-letter' ? { reason: verdict.facts.reason } : {}),
    ...('delayMs' in verdict ? { delayMs: verdict.delayMs } : {}),
    durationMs: Math.round(durationMs),
    waitedMs: Math.round(waitedMs),
    messages: job.to.length,
    parts: job.parts,
    travelled,
    recipient: maskNumber(first),
    ...(job.origin ? { origin: job.origin.id } : {}),
    ...(late ? { late } : {}),
    ...(resent > 0 ? { resent } : {}),
  };
}

/** What came of a question. docs/logs.md lists the fields; a test compares them. */
function askFields(report: AskReport): Readonly<Record<string, unknown>> {
  const { id, job, found, notFound, noAnswer, asked, cause, verdict, sinceMs, resent } = report;
  return {
    id,
    lane: job.lane,
    code: cause,
    ...{ found, notFound, noAnswer, asked },
    verdict: verdict.kind,
    rule: verdict.rule,
    ...('delayMs' in verdict ? { delayMs: verdict.delayMs } : {}),
    sinceMs: Math.round(sinceMs),
    messages: job.to.length,
    ...(resent > 0 ? { resent } : {}),
  };
}

/** An attempt of which there is nothing to say but that it went well. */
const isPlainlyAccepted = ({ outcome, verdict, late }: AttemptReport): boolean =>
  outcome.kind === 'accepted' && verdict.kind === 'complete' && !late;

/** The accepted jobs of one request in one line: what they share, their ids, and sums. */
function requestFields(reports: readonly AttemptReport[]): Readonly<Record<string, unknown>> {
  const outcomes = reports.map(({ outcome }) => outcome);
  const [{ durationMs, travelled } = { durationMs: 0, travelled: 0 }] = reports;
  return {
    ids: reports.map(({ id }) => id),
    groupIds: [
      ...new Set(outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? (outcome.groupId ?? []) : []))),
    ],
    ...(outcomes.some(isWithoutGroupId) ? { withoutGroupId: true } : {}),
    durationMs: Math.round(durationMs),
    waitedMs: Math.round(Math.max(...reports.map(({ waitedMs }) => waitedMs))),
    messages: reports.reduce((sum, { job }) => sum + job.to.length, 0),
    parts: reports.reduce((sum, { job }) => sum + job.parts, 0),
    travelled,
  };
}

const isWithoutGroupId = (outcome: Outcome): boolean =>
  outcome.kind === 'accepted' && outcome.groupId === undefined;

function meaningOf({ code, row }: RefusedByCode): string {
  return code === soapFaultCode ? meaningOfCode(code) : meaningInWords(code, row);
}

const holdFields = ({ reason, code, by, note }: Hold): Readonly<Record<string, unknown>> => ({
  reason,
  ...(code === undefined ? {} : { code }),
  by,
  ...(note === undefined ? {} : { note }),
});
