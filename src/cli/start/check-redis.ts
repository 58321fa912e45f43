import type { Logger } from '../../log/logger.ts';
import type { Settings } from '../../settings/settings.ts';
import type { DeliveryWorker } from '../../worker/worker.ts';
import { CliError, redisCliError } from '../errors.ts';
import { answerWithin } from '../redis-answer.ts';

/** How long a start waits for Redis before it gives up and leaves the next try to its supervisor. */
const redisWaitMs = 30_000;

/** What takes connections there and has never said a word is no Redis that is about to start. */
const silenceMs = 10_000;

/** A worker that is about to begin. */
export interface Starting {
  readonly settings: Settings;
  readonly worker: DeliveryWorker;
  readonly log: Logger;
}

/**
 * Refuses a Redis in which messages could get lost; says what to do about it.
 * @throws CliError REDIS_UNSAFE, REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function checkRedis({ settings, worker, log }: Starting): Promise<void> {
  const { whenReady } = await import('../../queue/redis.ts');
  const { examineRedis } = await import('../../operator/redis-examination.ts');
  const { prefix, accounts } = settings;
  const { redis, name } = worker;
  const readsEvents = settings.webhooks.length > 0;
  const place = { prefix, accounts: [...accounts.keys()], name, readsEvents };
  const findings = await whenReady(redis, redisWaitMs, silenceMs)
    .then(() => answerWithin(redisWaitMs, examineRedis(redis, place, settings)))
    .catch((error: unknown) => {
      throw redisCliError(error);
    });
  for (const { level, ...finding } of findings) if (level === 'warning') log.warn(finding, 'redis.warning');
  const refusals = findings.filter(({ level }) => level === 'error');
  if (refusals.length === 0) return;
  const detail = refusals.map(({ says, whatToDo }) => `${says}. ${whatToDo ?? ''}`).join(' ');
  const lacksRights = refusals.some(({ check }) => check === 'rights');
  throw new CliError(lacksRights ? 'REDIS_REFUSED' : 'REDIS_UNSAFE', { detail });
}
