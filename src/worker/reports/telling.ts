import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { reportedStates } from '../../queue/ended-state.ts';
import type { ReportedReport, Telemetry } from '../telemetry.ts';

/** Log lines and metrics of what is asked and learned of accepted messages. */
export function tellOfReports(
  account: string,
  lines: Logger,
  metrics: Metrics,
): Pick<Telemetry, 'reported' | 'reportQuestion' | 'foundLate' | 'strangeReports'> {
  let isAnswered = true;
  return {
    reported(report) {
      const fields = countReported(report, account, metrics);
      if (lines.isLevelEnabled('debug')) lines.debug(fields, 'message.reported');
    },
    reportQuestion({ result, why }) {
      metrics.reportQuestion({ account, result });
      if (result === 'no-answer') lines[isAnswered ? 'warn' : 'debug']({ why }, 'reports.unanswered');
      if (result === 'refused') lines.debug({ why }, 'reports.refused');
      isAnswered = result !== 'no-answer';
    },
    foundLate(report) {
      lines[report.acceptance === 'settled' ? 'warn' : 'debug'](report, 'message.found-late');
    },
    strangeReports(count) {
      lines.warn({ count }, 'reports.strange');
    },
  };
}

/** Counts what has become final of a job's messages; gives the fields of its line. */
function countReported(
  { waiting, learned, now }: ReportedReport,
  account: string,
  metrics: Metrics,
): Readonly<Record<string, unknown>> {
  const { job, lane, endedAt } = waiting;
  const counts = { delivered: 0, failed: 0, expired: 0, unconfirmed: 0 };
  for (const { state, deliveredAt = now } of learned.values()) {
    counts[state] += 1;
    if (state === 'delivered')
      metrics.delivered({ account, lane, tookMs: Math.max(0, deliveredAt - endedAt) });
  }
  for (const state of reportedStates)
    if (counts[state] > 0) metrics.reported({ account, lane, state, messages: counts[state] });
  const statuses = [...new Set([...learned.values()].flatMap(({ status }) => status ?? []))];
  return { id: job, lane, ...counts, statuses, sinceMs: Math.round(now - endedAt) };
}
