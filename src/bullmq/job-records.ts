import type { Lane } from '../message/lane.ts';
import { argsOfEnd } from '../queue/end-lua.ts';
import { type EndedJob, type EndRules, type EndWrite, endOfUnread, endsOf } from '../queue/ends.ts';
import { type JobRecord, parseRecord, recordFields, recordKeepMs } from '../queue/job-record.ts';
import type { Journal, Piece, Settled } from '../queue/journal.ts';
import { keys, queueName } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { isSecretInvalid, type SecretReader } from '../queue/secret.ts';
import type { SendJob } from '../queue/send-job.ts';
import { type Tally, tallyOf, tallyOfChange } from '../queue/tally.ts';
import { beginConfirmed, type ConfirmedBegin } from './confirmed-begin.ts';
import { defineRecordCommands } from './job-record-scripts.ts';

/** A job as this run of it knows it. */
export interface JobRun {
  readonly id: string;
  readonly job: SendJob;
  /** Which run of the job this is, from 1 (BullMQ's `attemptsStarted`): what fences every write. */
  readonly run: number;
}

/** What tells where a job's record lies. */
export interface Whereabouts {
  readonly id: string;
  readonly job: Pick<SendJob, 'lane'>;
}

/** A run that is about to make a request. */
export interface Beginning extends JobRun {
  /** Written where a second request would matter. */
  readonly mark?: Journal;
  /** What this run has seen of the record (`JobRecord.seen`). */
  readonly seen: string;
  /** Who must hold the job's lock, where replicas are asked. */
  readonly token?: string;
}

/** What a run has come to. */
export interface JournalWrite extends JobRun {
  readonly journal: Journal;
  /** The run has written a mark: that must still be there. */
  readonly isMarked: boolean;
  /** What the run has seen of the record; left out behind `begin`, since from then on nobody else changes it. */
  readonly seen?: string;
}

/**
 * - `written`: the run still owns the job, and the journal is stored.
 * - `lost`: a later run has begun; nothing was written.
 * - `superseded`: its end was recorded meanwhile, by an earlier run or a late reply; nothing was written.
 * - `changed`: the record has what this run has not seen: messages that have lost their claims or were called off, another
 *   time, or the mark of another run, which had begun without knowing that its lock was lost; nothing was written.
 */
export type WriteResult = 'written' | 'lost' | 'superseded' | 'changed';

/**
 * - `held`: the account stands still.
 * - `unconfirmed`: it was written, and too few replicas have said in time that they have it.
 */
export type BeginResult = WriteResult | 'held' | 'unconfirmed';

/** A journal that replaces another, whose end it may take back. */
export interface LateJournal {
  readonly job: SendJob;
  readonly before: Journal;
  readonly after: Journal;
  /** Of a divided job the one piece whose end it changes; the whole job where missing. */
  readonly piece?: LatePiece;
}

/** A piece of a divided job that turned out to have another end. */
export interface LatePiece {
  readonly id: string;
  readonly job: SendJob;
  readonly before: Settled;
  readonly after: Settled;
}

/** Our own records of an account's send jobs. BullMQ's job says when to try; the record says what is true. */
export interface JobRecords {
  read(job: Whereabouts): Promise<JobRecord>;
  /**
   * Of jobs that go in one request, in one step: sees that they may still go, and marks those that ask for it.
   * @param isCanary goes although the account is held: to see whether it still need be
   */
  begin(beginnings: readonly Beginning[], isCanary: boolean): Promise<readonly BeginResult[]>;
  /** Writes many journals in one step, each fenced by its run. An end is counted in the same step, once. */
  write(writes: readonly JournalWrite[]): Promise<readonly WriteResult[]>;
  /** Replaces a journal whoever owns the job, but only while it is still `expected`. True when it was replaced. */
  replace(id: string, expected: string, late: LateJournal): Promise<boolean>;
  /**
   * Tells of the end of a job that could not be read, so that it has no journal of ours. Repeating it tells of it again, by the same
   * ids.
   */
  tellUnread(id: string, lane: Lane, at: number): Promise<void>;
  /** Of jobs that are through: nothing more needs to be known of them, but which of their messages were duplicates. */
  forget(jobs: readonly Pick<JobRun, 'id' | 'job'>[]): Promise<void>;
}

interface RecordCommands {
  jetsmsBegin(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<BeginResult[]>;
  jetsmsWriteJournals(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<WriteResult[]>;
  jetsmsReplaceJournal(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<number>;
  jetsmsTellEnds(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<unknown>;
  jetsmsForget(keyCount: number, ...keys: string[]): Promise<unknown>;
}

/** What `jetsmsBegin` wants to know of each run. */
const argsOfBeginning = (
  { run, seen, mark, job, token = '' }: Beginning,
  { at, looksAtLock }: { readonly at: number; readonly looksAtLock: boolean },
): readonly (string | number)[] => [
  run,
  seen,
  mark === undefined ? '' : JSON.stringify(mark),
  recordKeepMs(job, at),
  looksAtLock ? token : '',
];

/** What an end adds to the counts of the job's campaign. */
const tallyOfEnd = ({ job, journal }: JournalWrite): Tally =>
  job.campaign !== undefined && journal.settled ? tallyOf(job, journal.settled) : {};

/** How a late end changes them. */
function tallyOfLate({ job, before, after, piece }: LateJournal): string {
  const end = piece?.after ?? after.settled;
  if (job.campaign === undefined || !end) return '';
  const old = piece?.before ?? before.settled;
  return JSON.stringify(tallyOfChange(piece?.job ?? job, old, countedEnd(old, end)));
}

/** Of a job that was divided before, an acceptance changes the pieces that have ended: those that go on are counted at their own end. */
function countedEnd(before: Settled | undefined, after: Settled): Settled {
  if (before?.end !== 'split' || after.end !== 'accepted') return after;
  const { at, pieces } = before;
  const accepted = pieces.map((one) => (one.fate === 'dead' ? acceptedPiece(one) : one));
  return { end: 'split', at, pieces: accepted };
}

const acceptedPiece = ({ ranges }: Piece): Piece => ({ fate: 'accepted', ranges });

/** Whose end a late journal tells. */
const endedLate = (id: string, { job, before, after, piece }: LateJournal): EndedJob =>
  piece
    ? { id: piece.id, job: piece.job, journal: { ...after, settled: piece.after } }
    : { id, job, journal: after, before: before.settled };

interface WriteContext {
  readonly rules: JobRecordsOptions['rules'];
  readonly at: number;
  readonly secret: string | undefined;
}

const campaignKey = ({ account, campaign }: SendJob, prefix: string): string =>
  campaign === undefined ? '' : keys.campaign(prefix, account, campaign);

/**
 * Keys that a script finds among its arguments. They are named beside those that it finds by their places: a cluster that moves them
 * to another node says so before the script has begun, and not in the midst of it.
 */
const keysBeside = (ends: readonly EndWrite[], campaigns: readonly string[] = []): readonly string[] =>
  [...new Set([...ends.map(({ key }) => key), ...campaigns])].filter((key) => key !== '');

/** What `jetsmsWriteJournals` wants: keys beside; then a head for each write, the most events, journals, ends. */
function argsOfWrites(
  writes: readonly JournalWrite[],
  { rules, at, secret }: WriteContext,
): { readonly beside: readonly string[]; readonly args: readonly (string | number)[] } {
  const journals = [...new Set(writes.map(({ journal }) => journal))];
  const placeOf = new Map(journals.map((journal, index) => [journal, index + 3]));
  const ends: (string | number)[] = [];
  const beside = new Set<string>();
  const heads = writes.map((write) => {
    const { run, isMarked, journal, job, seen = '' } = write;
    const counted = journal.settled ? campaignKey(job, rules.prefix) : '';
    const tally = JSON.stringify(tallyOfEnd(write));
    const own = endsOf(write, rules, secret);
    for (const key of keysBeside(own, [counted])) beside.add(key);
    const firstEnd = journals.length + 3 + ends.length;
    ends.push(...own.flatMap(argsOfEnd));
    const keepMs = recordKeepMs(job, at);
    const isEnd = journal.settled ? 1 : 0;
    const told = [counted, tally, firstEnd, own.length, isEnd];
    return [run, isMarked ? 1 : 0, placeOf.get(journal), keepMs, ...told, seen];
  });
  const texts = journals.map((journal) => JSON.stringify(journal));
  return { beside: [...beside], args: [JSON.stringify(heads), rules.maxEvents, ...texts, ...ends] };
}

export interface JobRecordsOptions {
  readonly redis: RedisClient;
  readonly rules: EndRules & { readonly maxEvents: number };
  readonly secret: SecretReader;
  readonly now: () => number;
  /** Where replicas are asked before a request leaves. */
  readonly confirming?: ConfirmedBegin | undefined;
}

/** What lies in the place of the secret costs the reports that need marks, and no end. */
function noneWhereInvalid(error: unknown): undefined {
  if (!isSecretInvalid(error)) throw error;
}

export function createJobRecords({ redis, rules, secret, now, confirming }: JobRecordsOptions): JobRecords {
  const { prefix, account, maxEvents } = rules;
  // Only marks of numbers need it, which an MMS has everywhere.
  const readSecret = async (): Promise<string | undefined> =>
    rules.reportLanes.length === 0
      ? undefined
      : (secret.fresh() ?? (await secret.read().catch(noneWhereInvalid)));
  const told = [keys.events(prefix, account), keys.reports(prefix, account)] as const;
  defineRecordCommands(redis);
  const commands = redis as unknown as RecordCommands; // defineCommand adds methods that ioredis' types cannot know
  const keyOf = ({ id, job }: Whereabouts): string => keys.record(prefix, queueName(account, job.lane), id);
  return {
    async read(one) {
      return parseRecord(await redis.hmget(keyOf(one), ...recordFields));
    },
    async begin(beginnings, isCanary) {
      if (beginnings.length === 0) return [];
      const about = { at: now(), looksAtLock: confirming !== undefined };
      const named = [keys.hold(prefix, account), ...beginnings.map(keyOf)];
      const args = [...beginnings.flatMap((one) => argsOfBeginning(one, about)), isCanary ? 1 : 0];
      if (!confirming) return commands.jetsmsBegin(named.length, ...named, ...args);
      // Of a job that the old primary gave to this worker, the new one may not know: another worker may take it there.
      const locks = beginnings.map(({ id, job }) => `${prefix}:${queueName(account, job.lane)}:${id}:lock`);
      return beginConfirmed(confirming, [...named, ...locks], args);
    },
    async write(writes) {
      if (writes.length === 0) return [];
      const { beside, args } = argsOfWrites(writes, { rules, at: now(), secret: await readSecret() });
      const keysOf = [...told, ...writes.map(keyOf), ...beside];
      return commands.jetsmsWriteJournals(keysOf.length, ...keysOf, ...args);
    },
    async replace(id, expected, late) {
      const { job, after } = late;
      const ends = endsOf(endedLate(id, late), rules, await readSecret());
      // Of no campaign nothing is counted; but in a cluster each key must lie where the others do.
      const campaign = keys.campaign(prefix, account, job.campaign ?? '');
      const keysOf = [keyOf({ id, job }), campaign, ...told, ...keysBeside(ends)];
      const args = [
        expected,
        JSON.stringify(after),
        tallyOfLate(late),
        maxEvents,
        after.settled ? 1 : 0,
        ...ends.flatMap(argsOfEnd),
      ];
      return (await commands.jetsmsReplaceJournal(keysOf.length, ...keysOf, ...args)) === 1;
    },
    async tellUnread(id, lane, at) {
      const end = endOfUnread(id, lane, at, rules);
      const keysOf = [...told, ...keysBeside([end])];
      await commands.jetsmsTellEnds(keysOf.length, ...keysOf, maxEvents, ...argsOfEnd(end));
    },
    async forget(jobs) {
      if (jobs.length > 0) await commands.jetsmsForget(jobs.length, ...jobs.map(keyOf));
    },
  };
}
