import { mostIds } from '../../jetsms/reports.ts';
import { dayOf, endedKey, type Reported, reportedText } from '../../queue/ended-state.ts';
import { eventField, type MessagesEntry } from '../../queue/event-entry.ts';
import { type AccountPlace, keys } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { isOfAnotherType } from '../../queue/redis-trouble.ts';
import type { WaitingReport } from '../../queue/waiting-report.ts';
import { bucketLua } from '../account/buckets.ts';

/**
 * - `none`: nothing is due; `inMs` until something is, undefined where nothing waits.
 * - `paced`: the account has asked as much as it may; `inMs` until it may ask again.
 * - `taken`: members that one question can be about. For the time of the lease they are nobody else's.
 */
export type Taking =
  | { readonly kind: 'none'; readonly inMs: number | undefined }
  | { readonly kind: 'paced'; readonly inMs: number }
  | { readonly kind: 'taken'; readonly members: readonly string[] };

/** What was learned of one waiting job. */
export interface ReportWrite {
  /** As it lies in the set: where it does not any more, somebody else has written. */
  readonly member: string;
  readonly waiting: WaitingReport;
  /** What has become final, by the message's index. */
  readonly reports: ReadonlyMap<number, Reported>;
  readonly events: readonly MessagesEntry[];
  /** What waits from now on, and when it is due; undefined where nothing does. */
  readonly next: { readonly member: string; readonly dueAt: number } | undefined;
}

/** What waits for reports of one account, in Redis for all workers. */
export interface ReportStore {
  /** Takes what is due for one question, and pays for the question. */
  take(leaseMs: number): Promise<Taking>;
  /** Pays for one more question; 0, or the milliseconds until it can be paid. */
  pay(): Promise<number>;
  /** Keeps others from members that are still being asked about. */
  renew(members: readonly string[], leaseMs: number): Promise<void>;
  /** Lets others ask about members at once. */
  giveBack(members: readonly string[]): Promise<void>;
  /** Asks again at this time, epoch milliseconds. */
  putOff(member: string, dueAt: number): Promise<void>;
  /** Takes away what nobody of ours wrote, or what is no longer asked about. */
  drop(members: readonly string[]): Promise<void>;
  /** What is kept of the ends of jobs; undefined where nothing is. */
  endsOf(waiting: readonly WaitingReport[]): Promise<readonly (string | undefined)[]>;
  /** Each in one step; repeated it changes nothing. True for those that were written. */
  write(writes: readonly ReportWrite[]): Promise<readonly boolean[]>;
}

export interface ReportStoreOptions {
  readonly redis: RedisClient;
  readonly place: AccountPlace;
  readonly reportsPerSecond: number;
  readonly maxEvents: number;
}

/** Jobs of one request become due within so many milliseconds: they are asked about together. */
const togetherMs = 2_000;

/** So many are looked at together for more of the same request. */
const pageSize = 50;

/** Fields of a member, as `waitingText` writes them. */
const fieldsLua = `
local function fieldsOf(member)
  local fields = {}
  for field in string.gmatch(member, '%S+') do
    fields[#fields + 1] = field
    if #fields == 8 then break end
  end
  return { n = tonumber(fields[4]) or 1, group = fields[6] or '-', isMarked = (fields[7] or '-') ~= '-' }
end`;

/**
 * The first that is due says how is asked: by a group id about everything of that group that is due, or soon is; by ids about as
 * many messages as one question takes.
 * KEYS: waiting reports, bucket. ARGV: questions per second, milliseconds of the lease, milliseconds that count as soon, members a
 * page, messages by ids.
 */
const takeScript = `${bucketLua}${fieldsLua}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if not first[1] then return { 'none' } end
if tonumber(first[2]) > now then return { 'none', math.ceil(tonumber(first[2]) - now) } end
local given, wait = take(KEYS[2], tonumber(ARGV[1]), 1, false)
if given == 0 then return { 'paced', wait } end
local head = fieldsOf(first[1])
local soon, page, room = now, tonumber(ARGV[4]), tonumber(ARGV[5])
if head.isMarked then soon = now + tonumber(ARGV[3]) end
local taken = { 'taken' }
local from = 0
repeat
  local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', soon, 'LIMIT', from, page)
  local found = 0
  for _, member in ipairs(members) do
    local one = fieldsOf(member)
    local fits = false
    if head.isMarked then fits = one.isMarked and one.group == head.group
    elseif not one.isMarked then
      fits = #taken == 1 or one.n <= room
      if fits then room = room - one.n end
    end
    if fits then
      taken[#taken + 1] = member
      found = found + 1
    end
  end
  from = from + page
until #members < page or found == 0 or room <= 0
for i = 2, #taken do redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[2]), taken[i]) end
return taken`;

/** KEYS: bucket. ARGV: questions per second. */
const payScript = `${bucketLua}
local given, wait = take(KEYS[1], tonumber(ARGV[1]), 1, false)
if given == 0 then return math.max(1, wait) end
return 0`;

/** KEYS: waiting reports. ARGV: milliseconds from now, members. */
const dueScript = `
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', due, ARGV[i]) end`;

/**
 * What was learned is written by whoever finds the member as it was read: it is one step for the member, what is kept of the end,
 * and the events. What cannot be written is left out, and harms itself only; what is final stays.
 * KEYS: waiting reports, the end, the stream of events. ARGV: member, the member that takes its place ('' = none), when it is
 * due, id of the job, messages, JSON of a list of index and report, the most events, then events.
 */
const writeScript = `
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local function putReports(text)
  local list, rest = string.match(text, '^(%S+)( .*)$')
  if not list then return nil end
  local reports = {}
  if list ~= '-' then
    for report in string.gmatch(list .. ',', '([^,]*),') do reports[#reports + 1] = report end
  end
  for i = #reports + 1, tonumber(ARGV[5]) do reports[i] = '' end
  for _, one in ipairs(cjson.decode(ARGV[6])) do
    if reports[one[1] + 1] == '' then reports[one[1] + 1] = one[2] end
  end
  return table.concat(reports, ',') .. rest
end
local ended = redis.pcall('HGET', KEYS[2], ARGV[4])
if type(ended) == 'string' and ARGV[6] ~= '[]' then
  local text = putReports(ended)
  if text and text ~= ended then redis.pcall('HSET', KEYS[2], ARGV[4], text) end
end
for i = 8, #ARGV do
  redis.pcall('XADD', KEYS[3], 'NOMKSTREAM', 'MAXLEN', '~', ARGV[7], '*', '${eventField}', ARGV[i])
end
if ARGV[2] ~= ARGV[1] then redis.call('ZREM', KEYS[1], ARGV[1]) end
if ARGV[2] ~= '' then redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2]) end
return 1`;

interface ReportCommands {
  jetsmsTakeReports(...keysAndArgs: (string | number)[]): Promise<readonly (string | number)[]>;
  jetsmsPayReport(...keysAndArgs: (string | number)[]): Promise<number>;
  jetsmsReportsDue(...keysAndArgs: (string | number)[]): Promise<unknown>;
  jetsmsWriteReports(...keysAndArgs: (string | number)[]): Promise<number>;
}

export function createReportStore({
  redis,
  place,
  reportsPerSecond,
  maxEvents,
}: ReportStoreOptions): ReportStore {
  redis.defineCommand('jetsmsTakeReports', { lua: takeScript, numberOfKeys: 2 });
  redis.defineCommand('jetsmsPayReport', { lua: payScript, numberOfKeys: 1 });
  redis.defineCommand('jetsmsReportsDue', { lua: dueScript, numberOfKeys: 1 });
  redis.defineCommand('jetsmsWriteReports', { lua: writeScript, numberOfKeys: 3 });
  const commands = redis as unknown as ReportCommands; // defineCommand adds methods that ioredis' types cannot know
  const { prefix, account } = place;
  const reports = keys.reports(prefix, account);
  const bucket = keys.rate(prefix, account, 'reports');
  const stream = keys.events(prefix, account);
  const endKey = ({ job, endedAt }: WaitingReport): string => endedKey(place, job, dayOf(endedAt));
  const dueIn = async (members: readonly string[], inMs: number): Promise<void> => {
    if (members.length > 0) await commands.jetsmsReportsDue(reports, inMs, ...members);
  };
  const writeOne = async ({ member, waiting, next, events, ...learned }: ReportWrite): Promise<boolean> => {
    const list = [...learned.reports].map(([index, reported]) => [index, reportedText(reported)]);
    const written = await commands.jetsmsWriteReports(
      ...[reports, endKey(waiting), stream],
      ...[member, next?.member ?? '', next?.dueAt ?? 0, waiting.job, waiting.n],
      ...[JSON.stringify(list), maxEvents, ...events.map((event) => JSON.stringify(event))],
    );
    return written === 1;
  };
  return {
    async take(leaseMs) {
      const args = [reportsPerSecond, leaseMs, togetherMs, pageSize, mostIds];
      return takingOf(await commands.jetsmsTakeReports(reports, bucket, ...args));
    },
    pay: () => commands.jetsmsPayReport(bucket, reportsPerSecond),
    renew: dueIn,
    giveBack: (members) => dueIn(members, 0),
    async putOff(member, dueAt) {
      await redis.zadd(reports, 'XX', dueAt, member);
    },
    async drop(members) {
      if (members.length > 0) await redis.zrem(reports, ...members);
    },
    async endsOf(waiting) {
      const pipeline = redis.pipeline();
      for (const one of waiting) pipeline.hget(endKey(one), one.job);
      // What lies there may be no hash: then nothing is kept.
      const replies = (await pipeline.exec()) ?? [];
      const lost = replies.find(([error]) => error !== null && !isOfAnotherType(error));
      if (lost) throw lost[0];
      return replies.map(([, text]) => (typeof text === 'string' ? text : undefined));
    },
    write: (writes) => Promise.all(writes.map(writeOne)),
  };
}

function takingOf([kind, ...rest]: readonly (string | number)[]): Taking {
  if (kind === 'taken') return { kind, members: rest.map(String) };
  const [inMs] = rest;
  if (kind === 'paced') return { kind, inMs: Number(inMs) };
  return { kind: 'none', inMs: inMs === undefined ? undefined : Number(inMs) };
}
