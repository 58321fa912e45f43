import type { Redis } from 'ioredis';
import { type AccountPlace, keys, queueName } from '../../queue/names.ts';
import { type HoldRecord, noRecord, parseHoldRecord } from './hold-record.ts';
import type { Step } from './hold-steps.ts';

/** A hold as it lies in Redis, with what a person did to the queue. */
export interface StoredHold {
  readonly record: HoldRecord;
  /** Somebody paused the queue on the dashboard. */
  readonly isPaused: boolean;
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

/** KEYS: hold. ARGV: what must still stand there, what shall. */
const replaceScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1`;

interface HoldCommands {
  jetsmsReplaceHold(key: string, expected: string, next: string): Promise<number>;
}

export function createHoldStore(redis: Redis, { prefix, account }: AccountPlace): HoldStore {
  redis.defineCommand('jetsmsReplaceHold', { lua: replaceScript, numberOfKeys: 1 });
  const commands = redis as unknown as HoldCommands; // defineCommand adds methods that ioredis' types cannot know
  const key = keys.hold(prefix, account);
  const metaKey = `${prefix}:${queueName(account)}:meta`;
  return {
    async read() {
      const [raw, paused] = await Promise.all([redis.get(key), redis.hget(metaKey, 'paused')]);
      return { record: parseHoldRecord(raw), isPaused: paused !== null };
    },
    async change(step) {
      // Somebody else's change makes ours wait, and theirs is done: this ends.
      for (;;) {
        const raw = (await redis.get(key)) ?? '';
        const before = parseHoldRecord(raw);
        const taken = step(before);
        if (taken.record === before) return taken;
        if ((await commands.jetsmsReplaceHold(key, raw, textOf(taken.record))) === 1) return taken;
      }
    },
  };
}

/** A record that says nothing leaves nothing behind. */
function textOf(record: HoldRecord): string {
  const text = JSON.stringify(record);
  return text === JSON.stringify(noRecord) ? '' : text;
}
