import { spellingOf } from '../../jetsms/number-spelling.ts';
import type { ReportRow } from '../../jetsms/reports.ts';
import { wireIdAt } from '../../queue/send-job.ts';
import { numberMark, type WaitingReport } from '../../queue/waiting-report.ts';
import { type MessageState, stateOfCopies, stateOfRecords, stateOfShared } from './message-states.ts';

/** What an answer says of the messages of one waiting job. */
export interface Answer {
  /** One for each message; undefined where nothing was answered. */
  readonly states: readonly (MessageState | undefined)[];
  /** JetSMS's status of a message, where it has all of them for certain. */
  readonly found?: { readonly id: string; readonly status: string };
}

/** The records by ids that were asked about; an id is missing where nothing was answered. */
export type RowsById = ReadonlyMap<string, readonly ReportRow[]>;

/**
 * The ids that each message of a job has had on its way, that of the last request first: had an earlier request been taken, its
 * message would be with JetSMS, too.
 */
export function wireIdsOf(waiting: WaitingReport): readonly (readonly string[])[] {
  const { job, n, ids, resends, done = [] } = waiting;
  const finished = new Set(done);
  const place = { to: { length: n }, ...(ids ? { ids } : {}) };
  return Array.from({ length: n }, (_, index) =>
    finished.has(index)
      ? []
      : Array.from({ length: resends + 1 }, (_, back) =>
          wireIdAt(job, place, index, { resends: resends - back }),
        ),
  );
}

/** What records by our own ids say of a job's messages. */
export function answerById(waiting: WaitingReport, rows: RowsById): Answer {
  const wireIds = wireIdsOf(waiting);
  const copies = wireIds.map((ids) => ids.flatMap((id) => answeredRows(id, rows)));
  const states = copies.map((ofMessage, index) =>
    stateOfAnswered(ofMessage, ofMessage.length === wireIds[index]?.length),
  );
  const real = copies.map((ofMessage) => ofMessage.flatMap((copy) => realRow(copy) ?? []).at(0));
  const [first] = real;
  return first && real.every((one) => one !== undefined) ? { states, found: first } : { states };
}

/** Where not all requests of a message were answered about, nothing but a delivery is certain. */
function stateOfAnswered(copies: readonly Copy[], isWhole: boolean): MessageState | undefined {
  if (copies.length === 0) return undefined;
  const state = stateOfCopies(copies.map(({ rows }) => rows));
  return isWhole || (state !== 'pending' && state.state === 'delivered') ? state : undefined;
}

interface Copy {
  readonly id: string;
  readonly rows: readonly ReportRow[];
}

const answeredRows = (id: string, rows: RowsById): readonly Copy[] => {
  const found = rows.get(id);
  return found ? [{ id, rows: found }] : [];
};

function realRow({ id, rows }: Copy): { readonly id: string; readonly status: string } | undefined {
  const row = rows.find(({ isReal }) => isReal);
  return row && { id, status: row.status };
}

/**
 * What the records of a group say of the messages of jobs that went in that request, told apart by marks of their numbers.
 * @param secret of the installation, with which the marks were made
 */
export function answersByMark(
  jobs: readonly WaitingReport[],
  rows: readonly ReportRow[],
  secret: string,
): readonly Answer[] {
  const rowsOf = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const mark = numberMark(secret, spellingOf(row.number));
    const known = rowsOf.get(mark);
    if (known) known.push(row);
    else rowsOf.set(mark, [row]);
  }
  const counts = new Map<string, number>();
  for (const mark of jobs.flatMap(({ marks = [] }) => marks)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const stateOf = (mark: string): MessageState => {
    const own = rowsOf.get(mark) ?? [];
    const messages = counts.get(mark) ?? 1;
    return messages === 1 ? stateOfRecords(own) : stateOfShared(own, messages);
  };
  return jobs.map(({ marks = [] }) => ({ states: marks.map(stateOf) }));
}
