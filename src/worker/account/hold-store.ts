import { readPausedLanes } from '../../bullmq/paused-lanes.ts';
import type { Lane } from '../../message/lane.ts';
import { eventField } from '../../queue/event-entry.ts';
import { type AccountPlace, keys } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { holdEntryOf } from './hold-events.ts';
import { type HoldRecord, noRecord, parseHoldRecord } from './hold-record.ts';
import type { Step } from './hold-steps.ts';

/** A hold as it lies in Redis, with what a person did to the queues. */
export interface StoredHold {
  readonly record: HoldRecord;
  /** Lanes that somebody paused on the dashboard. */
  readonly pausedLanes: readonly Lane[];
}

/** What holds one account, for all workers: one key of ours. */
export interface HoldStore {
  read(): Promise<StoredHold>;
  /**
   * Takes a step on the record that lies there, atomically: if somebody else changes it meanwhile, the step is taken
   * anew on what they left. Gives the record as it is afterwards, and what the step said.
   */
  change<Result>(step: (record: HoldRecord) => Step<Result>): Promise<Step<Result>>;
}

/** KEYS: hold, the stream of events. ARGV: what must still stand there, what shall, the entry that tells of it ('' = none). */
const replaceScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
if ARGV[3] ~= '' then redis.pcall('XADD', KEYS[2], 'NOMKSTREAM', '*', '${eventField}', ARGV[3]) end
return 1`;

interface HoldCommands {
  jetsmsReplaceHold(key: string, stream: string, ...args: string[]): Promise<number>;
}

export function createHoldStore(redis: RedisClient, place: AccountPlace): HoldStore {
  redis.defineCommand('jetsmsReplaceHold', { lua: replaceScript, numberOfKeys: 2 });
  const commands = redis as unknown as HoldCommands; // defineCommand adds methods that ioredis' types cannot know
  const key = keys.hold(place.prefix, place.account);
  const stream = keys.events(place.prefix, place.account);
  return {
    async read() {
      const [raw, pausedLanes] = await Promise.all([redis.get(key), readPausedLanes(redis, place)]);
      return { record: parseHoldRecord(raw), pausedLanes };
    },
    async change(step) {
      // Somebody else's change makes ours wait, and theirs is done: this ends.
      for (;;) {
        const raw = (await redis.get(key)) ?? '';
        const before = parseHoldRecord(raw);
        const taken = step(before);
        if (taken.record === before) return taken;
        const told = entryText(before, taken.record);
        if ((await commands.jetsmsReplaceHold(key, stream, raw, textOf(taken.record), told)) === 1)
          return taken;
      }
    },
  };
}

function entryText(before: HoldRecord, after: HoldRecord): string {
  const entry = holdEntryOf(before, after);
  return entry === undefined ? '' : JSON.stringify(entry);
}

/** A record that says nothing leaves nothing behind. */
function textOf(record: HoldRecord): string {
  const text = JSON.stringify(record);
  return text === JSON.stringify(noRecord) ? '' : text;
}
