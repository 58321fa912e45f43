import type { BackendFactory, Job, RedisQueueBackend } from 'bullmq';
import { ReplyError } from 'ioredis';
import { parseJournal } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { LateReplies } from './late-replies.ts';
import { isLockLost } from './lock-lost.ts';
import { persist } from './persist.ts';
import type { Telemetry } from './telemetry.ts';

/** Sees to it that an acceptance which Redis did not take as the job's end is not forgotten. */
export interface LostEnds {
  /** Remembers an acceptance that stands nowhere yet, until BullMQ has written the job's end. */
  remember(job: Job<SendJob>, groupId: string): void;
  /** Access to Redis that sees to the ends which could not be written. */
  telling(backend: BackendFactory<RedisQueueBackend>): BackendFactory<RedisQueueBackend>;
}

/**
 * An accepted single message leaves nothing in Redis but its end. While Redis refuses writes, that end is tried
 * again. Where it comes too late for its lock, as when Redis stood still, the message would look interrupted and
 * be sent a second time, or given up as uncertain, although we know better: then the acceptance is recorded as a
 * late reply is.
 */
export function createLostEnds({
  lateReplies,
  telemetry,
}: {
  readonly lateReplies: LateReplies;
  readonly telemetry: Pick<Telemetry, 'redis' | 'lockLost'>;
}): LostEnds {
  const accepted = new Map<string, { readonly job: Job<SendJob>; readonly groupId: string }>();

  const recordLate = async (id: string, error: unknown): Promise<void> => {
    const end = accepted.get(id);
    if (!end) return;
    if (isLockLost(error)) telemetry.lockLost(id, 'after the reply');
    const { groupId } = end;
    const delivery = { id, job: end.job.data, journal: parseJournal(end.job.progress) };
    const verdict = { kind: 'complete', rule: '00', groupId } as const;
    await lateReplies.settle(delivery, { kind: 'accepted', groupId }, verdict);
  };

  return {
    remember(job, groupId) {
      if (job.id !== undefined) accepted.set(job.id, { job, groupId });
    },
    telling: (createBackend) => (name, opts, options) => {
      const backend = createBackend(name, opts, options);
      const finish = backend.moveToFinished.bind(backend);
      type Args = Parameters<typeof finish>[1];

      const tryAgain = async (id: string, args: Args, refusal: unknown) => {
        try {
          if (!isRefusedByRedis(refusal)) throw refusal;
          telemetry.redis(refusal);
          return await persist(() => finish(id, args), telemetry, isRefusedByRedis);
        } catch (error) {
          await recordLate(id, error).catch((failure) => telemetry.redis(failure));
          throw error;
        }
      };
      const forget = (id: string): void => void accepted.delete(id);

      // Not async: this is the way of every message.
      backend.moveToFinished = (id, args) =>
        finish(id, args).then(
          (next) => {
            forget(id);
            return next;
          },
          (error) => tryAgain(id, args, error).finally(() => forget(id)),
        );
      return backend;
    },
  };
}

/** Redis itself said no (no memory, read-only after a failover); BullMQ's own noes and broken connections are none. */
const isRefusedByRedis = (error: unknown): boolean => error instanceof ReplyError;
