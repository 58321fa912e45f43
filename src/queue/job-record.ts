import { isCount, isListOf, isShaped, isTime } from './checks.ts';
import { readJson } from './json.ts';
import type { SendJob } from './send-job.ts';

/** When a message leaves that was moved to another time, and until when; epoch milliseconds. */
export interface MovedTimes {
  readonly sendAt: number;
  readonly deadlineAt: number;
}

/** What lies in Redis of a job beside BullMQ's. */
export interface JobRecord {
  /** JSON of the journal; '' where nothing was ever written. */
  readonly journal: string;
  /** Messages of the job whose claims were lost, by index; -1 = all of them. */
  readonly lost: readonly number[];
  /** Messages of the job that were called off, by index; -1 = nobody can tell which. */
  readonly cancelled: readonly number[];
  /** Takes the place of the job's own times. */
  readonly moved?: MovedTimes;
  /** What others may change while a run has the job, as it lies there: what the run has seen of it. */
  readonly seen: string;
}

export const emptyRecord: JobRecord = { journal: '', lost: [], cancelled: [], seen: '||' };

/** The fields of a record that `parseRecord` reads, in its order. */
export const recordFields = ['journal', 'lost', 'cancelled', 'moved'] as const;

/** For scripts: what a run must have seen of a record, of its fields `lost`, `cancelled` and `moved`. */
export const seenLua = `
local function seenOf(lost, cancelled, moved)
  return (lost or '') .. '|' .. (cancelled or '') .. '|' .. (moved or '')
end`;

const isIndices = isListOf((value) => value === -1 || isCount(value));
const isMoved = isShaped<MovedTimes>({ sendAt: isTime, deadlineAt: isTime });

/** Reads the fields of a record, in the order of `recordFields`. Total. */
export function parseRecord(fields: readonly (string | null | undefined)[]): JobRecord {
  const [journal, lost, cancelled, moved] = fields;
  const times = moved ? readJson(moved) : undefined;
  return {
    journal: journal ?? '',
    lost: parseIndices(lost),
    cancelled: parseIndices(cancelled),
    ...(isMoved(times) ? { moved: times } : {}),
    seen: [lost, cancelled, moved].map((field) => field ?? '').join('|'),
  };
}

/** What is no list of ours says that nobody knows which messages may go: none of them. */
function parseIndices(text: string | null | undefined): readonly number[] {
  if (text === null || text === undefined || text === '') return [];
  const indices = readJson(text);
  return isIndices(indices) ? (indices as readonly number[]) : [-1];
}

/** How long a record outlives the deadline of its job. */
export const recordMemoryMs: number = 30 * 86_400_000;

/** How long the record of a job is kept from now on: whoever finds the job must find it too. */
export const recordKeepMs = ({ deadlineAt }: Pick<SendJob, 'deadlineAt'>, now: number): number =>
  Math.max(0, deadlineAt - now) + recordMemoryMs;
