import { setImmediate } from 'node:timers/promises';
import type { BackendFactory, RedisQueueBackend } from 'bullmq';
import { type Redis, ReplyError } from 'ioredis';
import { packed, unpacked } from './packed.ts';
import { type BullValue, moveToFinished } from './scripts.ts';

/** A job whose end waits to be written: BullMQ's keys and arguments for it, and who waits for the answer. */
interface Finishing {
  readonly values: readonly BullValue[];
  readonly answered: (answer: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * An end takes some 70 µs in Redis, and as much here to take up the next job: an OTP must not wait for hundreds, so
 * they come in portions, with room for others in between.
 */
const jobsAtOnce = 25;

/** For whom there must be room: one command is run in Redis while the next is on its way. */
const commandsAtOnce = 2;

type Client = Parameters<RedisQueueBackend['execCommand']>[0];

const keyCount = moveToFinished.keys;

/** BullMQ's script up to the end of its last function, and what it does with them. */
const definitionsEnd =
  moveToFinished.content.indexOf('\nend\n', moveToFinished.content.lastIndexOf('\nlocal function ')) + 5;
const definitions = moveToFinished.content.slice(0, definitionsEnd);
const body = moveToFinished.content.slice(definitionsEnd);

/**
 * BullMQ's own script with its body as a function that is called for each job; defining its functions once and not
 * for each job saves a sixth of the time. A job's error is its own: it stops nobody else.
 * KEYS: those of the first job. ARGV, each packed: the arguments of the first job, the places among keys and
 * arguments in which the jobs differ, and each job's values for these places.
 */
const script = `
${definitions}
local function finish(KEYS, ARGV)
${body}
end
local keys, args = {}, cmsgpack.unpack(ARGV[1])
for i = 1, #KEYS do keys[i] = KEYS[i] end
local places, values = cmsgpack.unpack(ARGV[2]), cmsgpack.unpack(ARGV[3])
for i = 1, #places do places[i] = tonumber(places[i]) end
local results = {}
for job = 1, #values / #places do
  for i = 1, #places do
    local place, value = places[i], values[(job - 1) * #places + i]
    if place <= #keys then keys[place] = value else args[place - #keys] = value end
  end
  local ok, result = pcall(finish, keys, args)
  if not ok then result = { err = type(result) == 'table' and result.err or tostring(result) } end
  results[job] = result
end
return cmsgpack.pack(results)`;

interface FinishCommand {
  jetsmsFinishBuffer(...keysAndArgs: BullValue[]): Promise<Buffer>;
}

/** Writes the ends of jobs. */
export interface EndWriter {
  /**
   * Access to Redis that writes the ends of jobs that come at the same moment in one round trip. A request
   * carries up to a batch of jobs, and all of them end when it is answered: a command for each costs the worker
   * and Redis more than the whole request. What is run in Redis stays BullMQ's own script, once per job, its
   * next job and its errors included; a single end goes BullMQ's own way.
   */
  together(createBackend: BackendFactory<RedisQueueBackend>): BackendFactory<RedisQueueBackend>;
  /**
   * For those who can wait: resolves for one caller after the other, each in its own turn of the event loop,
   * and while few ends are on their way to Redis.
   */
  room(): Promise<void>;
}

export function createEndWriter(redis: Redis): EndWriter {
  redis.defineCommand('jetsmsFinish', { lua: script, numberOfKeys: keyCount });
  const scripts = redis as unknown as FinishCommand; // defineCommand adds methods that ioredis' types cannot know
  /** Commands on their way. */
  let commands = 0;
  let roomMade: (() => void) | undefined;
  let lastInLine: Promise<void> = Promise.resolve();

  const makeRoom = async (): Promise<void> => {
    await setImmediate();
    while (commands >= commandsAtOnce) {
      await new Promise<void>((resolve) => {
        roomMade = resolve;
      });
    }
  };

  const write = async (
    some: readonly Finishing[],
    alone: (values: BullValue[]) => Promise<unknown>,
  ): Promise<void> => {
    commands += 1;
    try {
      const [only] = some;
      const results =
        only && some.length === 1
          ? [await alone([...only.values])]
          : unpacked(await scripts.jetsmsFinishBuffer(...inOne(some.map(({ values }) => values))));
      for (const [index, one] of some.entries()) answer(one, results[index]);
    } catch (error) {
      for (const one of some) one.failed(error);
    }
    commands -= 1;
    roomMade?.();
  };

  return {
    together: (createBackend) => (name, opts, options) => {
      const backend = createBackend(name, opts, options);
      const run = backend.execCommand.bind(backend);
      let waiting: Finishing[] = [];

      const flush = (client: Client): void => {
        const all = waiting;
        waiting = [];
        for (let first = 0; first < all.length; first += jobsAtOnce) {
          void write(all.slice(first, first + jobsAtOnce), (values) => run(client, 'moveToFinished', values));
        }
      };

      backend.execCommand = (client, command, values: BullValue[]) => {
        if (command !== 'moveToFinished') return run(client, command, values);
        return new Promise((answered, failed) => {
          // Runs when every job whose turn it is now has come here.
          if (waiting.length === 0) process.nextTick(flush, client);
          waiting.push({ values, answered, failed });
        });
      };
      return backend;
    },
    room() {
      lastInLine = lastInLine.then(makeRoom);
      return lastInLine;
    },
  };
}

function answer({ answered, failed }: Finishing, result: unknown): void {
  if (Array.isArray(result)) Object.setPrototypeOf(result, nextJob);
  if (isError(result)) failed(new ReplyError(result.err));
  else answered(result);
}

/** BullMQ asks of a next job whether it is `< 0`, which would write it all as a text first. */
const nextJob = Object.create(Array.prototype, { [Symbol.toPrimitive]: { value: () => Number.NaN } });

const isError = (result: unknown): result is { readonly err: string } =>
  typeof result === 'object' && result !== null && 'err' in result;

/** The keys and arguments of `script` for jobs whose commands are `commands`. */
function inOne(commands: readonly (readonly BullValue[])[]): BullValue[] {
  const first = commands[0] ?? [];
  const places = first
    .map((_, place) => place)
    .filter((place) => commands.some((command) => command[place] !== first[place]));
  return [
    ...first.slice(0, keyCount),
    packed(first.slice(keyCount)),
    packed(places.map((place) => place + 1)),
    packed(commands.flatMap((command) => places.map((place) => command[place]))),
  ];
}
