import { type MovedTimes, parseRecord, recordFields, recordKeepMs, seenLua } from '../queue/job-record.ts';
import { keys } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { SendJob } from '../queue/send-job.ts';
import { locate } from './locate.ts';
import type { OpenPlace } from './place.ts';
import type { RescheduleSteps } from './reschedule.ts';
import { recordKey, type StatusTools } from './sight.ts';

/** What moving messages to other times needs of the world. */
export interface RescheduleTools extends StatusTools {
  /** The name of the claim of an idempotency key. */
  readonly nameOfKey: (idempotencyKey: string) => string;
}

/** How messages are moved that lie in Redis; the connection must know the command (`defineReschedule`). */
export const rescheduleInRedis = (tools: RescheduleTools): RescheduleSteps => ({
  locate: (id) => locate(id, tools),
  async move(place, moved) {
    const result = await move(place, moved, tools);
    if (result === 'rescheduled') await tellBullMq(place, tools);
    return result;
  },
});

/**
 * Writes down another time, in one step with the look at whether the message may still be moved. Its claim's window moves along.
 * KEYS: record, job, claim. ARGV: the journal and what else the caller has seen of the record, the new times, milliseconds to
 * keep the record, the message, by how many milliseconds it moves.
 */
const rescheduleScript = `${seenLua}
local known = redis.call('HMGET', KEYS[1], 'journal', 'lost', 'cancelled', 'moved', 'begun', 'doubt')
if known[5] == '1' or known[6] == '1' then return 'too-late' end
if (known[1] or '') ~= ARGV[1] or seenOf(known[2], known[3], known[4]) ~= ARGV[2] then return 'again' end
if redis.call('EXISTS', KEYS[2]) == 0 or redis.call('HEXISTS', KEYS[2], 'finishedOn') == 1 then return 'again' end
redis.call('HSET', KEYS[1], 'moved', ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
local held, left = redis.call('GET', KEYS[3]), redis.call('PTTL', KEYS[3])
if held and string.sub(held, 1, #ARGV[5] + 1) == ARGV[5] .. ' ' and left > 0 then
  redis.call('PEXPIRE', KEYS[3], math.max(1, left + ARGV[6]))
end
return 'rescheduled'`;

type Answer = 'rescheduled' | 'too-late' | 'again';

interface RescheduleCommand {
  jetsmsReschedule(...keysAndArgs: (string | number)[]): Promise<Answer>;
}

/** Gives a connection the command that moves messages. */
export function defineReschedule(redis: RedisClient): void {
  redis.defineCommand('jetsmsReschedule', { lua: rescheduleScript, numberOfKeys: 3 });
}

function move(place: OpenPlace, moved: MovedTimes, tools: RescheduleTools): Promise<Answer> {
  const { job, sight } = place;
  const { redis, place: at, queueOf, now, nameOfKey } = tools;
  const [key] = job.keys ?? [];
  const claim = typeof key === 'string' ? nameOfKey(key) : '';
  const commands = redis as unknown as RescheduleCommand; // defineCommand adds methods that ioredis' types cannot know
  return commands.jetsmsReschedule(
    recordKey(tools, sight.lane, sight.id),
    queueOf(sight.lane).toKey(sight.id),
    keys.claim(at.prefix, at.account, claim),
    sight.record.journal,
    sight.record.seen,
    JSON.stringify(moved),
    recordKeepMs({ ...job, ...moved }, now()),
    sight.id,
    moved.sendAt - (job.sendAt ?? moved.sendAt),
  );
}

/** Others who move it at the same time may tell BullMQ in another order than they were recorded in. */
const mostTellings = 10;

/**
 * BullMQ tries it at the new time, and whoever looks there sees it. What counts is the record: whoever takes the job too early
 * finds what it waits for.
 */
async function tellBullMq({ sight }: OpenPlace, tools: RescheduleTools): Promise<void> {
  const queue = tools.queueOf(sight.lane);
  let told: string | undefined;
  for (let n = 0; n < mostTellings; n += 1) {
    const { moved } = await readRecord(sight, tools);
    const times = JSON.stringify(moved);
    if (!moved || times === told) return;
    const job = await queue.getJob(sight.id);
    if (!job) return;
    await unlessGone(job.updateData({ ...(job.data as SendJob), ...moved }));
    // BullMQ counts from the time of this machine.
    await unlessGone(job.changeDelay(Math.max(0, moved.sendAt - Date.now())));
    told = times;
  }
}

async function readRecord({ lane, id }: OpenPlace['sight'], tools: RescheduleTools) {
  return parseRecord(await tools.redis.hmget(recordKey(tools, lane, id), ...recordFields));
}

/** BullMQ says no where a worker has the job by now, or it waits for a worker: that one finds the new time. */
async function unlessGone(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    const isOfBullMq = error instanceof Error && 'code' in error && typeof error.code === 'number';
    if (!isOfBullMq) throw error;
  }
}
