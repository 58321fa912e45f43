import { checkMessage, type NewMessage } from '../../message/message.ts';
import type { Producer } from '../../producer/calls.ts';
import { createProducer } from '../../producer/producer.ts';
import { askTime } from '../../queue/redis-clock.ts';
import type { AccountSettings } from '../../settings/account.ts';
import { producerAccount, rulesOf } from '../../settings/account-rules.ts';
import { redisOptionsOf } from '../../settings/redis-target.ts';
import type { Settings } from '../../settings/settings.ts';
import { withRedis } from '../operator-redis.ts';
import type { Receipt } from './enqueue.ts';
import type { SendOptions } from './request.ts';

/** Takes messages. */
export interface Sender extends AsyncDisposable {
  send(message: NewMessage): Promise<Receipt>;
}

/** Longer than a backend app would wait: nobody's request hangs on a file, and a busy Redis is not away. */
const redisTimeoutMs = 3_000;

/** Puts messages into Redis, by the rules that the settings make for each account. */
export function producerSender(settings: Settings): Producer {
  const { prefix, idempotencyWindowMs, maxJobBytes, accounts, replicasToConfirm } = settings;
  return createProducer({
    ...redisOptionsOf(settings),
    replicasToConfirm,
    prefix,
    idempotencyWindowMs,
    maxJobBytes,
    redisTimeoutMs,
    accounts: Object.fromEntries([...accounts].map(([name, account]) => [name, producerAccount(account)])),
  });
}

/** Checks messages and stores nothing. What was sent by earlier runs it cannot know. */
export function dryRunSender(account: AccountSettings): Sender {
  const seen = new Set<string>();
  let count = 0;
  return {
    async send(message) {
      const { parts } = checkMessage(message, { ...rulesOf(account), nowMs: Date.now() });
      count += 1;
      const id = message.idempotencyKey ?? String(count);
      const duplicate = seen.has(id);
      seen.add(id);
      return { id, parts, duplicate };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/**
 * The time that `--at` and `--deadline` are judged by: Redis', as the producer's and the workers' is. A dry run asks
 * nothing of Redis and goes by this machine's.
 * @throws CliError REDIS_UNAVAILABLE
 */
export async function timeFor({ dryRun }: SendOptions, settings: Settings): Promise<number> {
  return dryRun ? Date.now() : withRedis(settings, askTime);
}
