import {
  mostIds,
  type QueryOptions,
  type ReportAnswer,
  type ReportClient,
  type ReportRow,
} from '../../jetsms/reports.ts';
import type { QuestionResult } from '../../metrics/labels.ts';
import type { WaitingReport } from '../../queue/waiting-report.ts';
import { refusalOfQuestion } from '../asking/inquiry.ts';
import { outcomeCode } from '../verdict/journal-entries.ts';
import { type Answer, answerById, answersByMark, type RowsById, wireIdsOf } from './answers.ts';

/** One question, as it is counted and logged. */
export interface QuestionReport {
  /**
   * - `answered`: with the rows of all that it knows.
   * - `refused`: the question itself, perhaps since one of the ids is not known.
   * - `no-answer`: JetSMS was not reached, said nothing that can be read, or refused the account.
   */
  readonly result: QuestionResult;
  /** Code, HTTP status or cause of a question without rows. */
  readonly why?: string;
}

export interface AskReportsOptions {
  readonly client: Pick<ReportClient, 'byGroup' | 'byIds'>;
  readonly signal: AbortSignal;
  /** The secret with which numbers are marked. */
  readonly secret: () => Promise<string>;
  /** Waits until one more question may be asked, and keeps others from the jobs; false where none may be asked any more. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly onQuestion: (report: QuestionReport) => void;
}

/**
 * Asks what became of the messages of jobs that were taken together: of one request by its group id, or of any by our own ids.
 * The first question is paid for. Never throws for what the network or JetSMS does.
 */
export async function askReports(
  jobs: readonly WaitingReport[],
  options: AskReportsOptions,
): Promise<readonly Answer[]> {
  const [first] = jobs;
  if (first?.marks) return askGroup(jobs, first.groupId, options);
  const { byIds } = options.client;
  if (!byIds) return jobs.map(unanswered);
  const ids = jobs.flatMap((job) => wireIdsOf(job).flat());
  const rows = await askAll([...new Set(ids)], { ...options, byIds });
  return jobs.map((job) => answerById(job, rows));
}

const unanswered = (): Answer => ({ states: [] });

async function askGroup(
  jobs: readonly WaitingReport[],
  groupId: string | undefined,
  { client, signal, secret, onQuestion }: AskReportsOptions,
): Promise<readonly Answer[]> {
  if (groupId === undefined) return jobs.map(unanswered);
  const answer = await client.byGroup(groupId, { signal });
  const report = reportOf(answer);
  onQuestion(report);
  if (answer.kind === 'rows') return answersByMark(jobs, answer.rows, await secret());
  // A group that JetSMS does not know (yet, or any more) has no rows.
  return report.result === 'refused' ? jobs.map(nothingKnown) : jobs.map(unanswered);
}

const nothingKnown = ({ n }: WaitingReport): Answer => ({
  states: Array.from({ length: n }, () => 'pending'),
});

interface AskByIds extends AskReportsOptions {
  readonly byIds: (ids: readonly string[], options?: QueryOptions) => Promise<ReportAnswer>;
}

/** As many questions as the ids need; none any more once one of them has no answer. */
async function askAll(ids: readonly string[], options: AskByIds): Promise<RowsById> {
  const rows = new Map<string, readonly ReportRow[]>();
  let open: readonly (readonly string[])[] = chunksOf(ids, mostIds);
  for (let asked = 0; open.length > 0; asked += 1) {
    if (asked > 0 && !(await options.mayGoOn())) return rows;
    const [chunk = [], ...others] = open;
    const answer = await options.byIds(chunk, { signal: options.signal });
    const report = reportOf(answer);
    options.onQuestion(report);
    if (report.result === 'no-answer') return rows;
    open = [...afterAnswer(chunk, answer, rows), ...others];
  }
  return rows;
}

/**
 * Keeps the rows of an answer; gives what to ask then. Where a question is refused, one of several ids may be why: they are asked
 * about in halves. An id that is refused alone is not known.
 */
function afterAnswer(
  ids: readonly string[],
  answer: ReportAnswer,
  rows: Map<string, readonly ReportRow[]>,
): readonly (readonly string[])[] {
  if (answer.kind === 'no-answer' && ids.length > 1) return chunksOf(ids, Math.ceil(ids.length / 2));
  putRows(rows, ids, answer.kind === 'rows' ? answer.rows : []);
  return [];
}

function putRows(
  rows: Map<string, readonly ReportRow[]>,
  ids: readonly string[],
  found: readonly ReportRow[],
): void {
  const byId = new Map<string, ReportRow[]>(ids.map((id) => [id, []]));
  for (const row of found) byId.get(row.messageId)?.push(row);
  for (const [id, own] of byId) rows.set(id, own);
}

const chunksOf = <T>(list: readonly T[], size: number): (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));

function reportOf(answer: ReportAnswer): QuestionReport {
  if (answer.kind === 'rows') return { result: 'answered' };
  const { why } = answer;
  const result = refusalOfQuestion(why) === undefined ? 'no-answer' : 'refused';
  return { result, why: outcomeCode(why) };
}
