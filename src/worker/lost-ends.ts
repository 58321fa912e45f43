import type { BackendFactory, MinimalJob, RedisQueueBackend } from 'bullmq';
import { ReplyError } from 'ioredis';
import type { JobResult, Journal } from '../queue/journal.ts';
import { journalOrEmpty, parseJournal } from '../queue/parse-journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { LateReplies } from './late-replies.ts';
import { isLockLost } from './lock-lost.ts';
import { persist } from './persist.ts';
import type { Telemetry } from './telemetry.ts';

interface LostEndsContext {
  readonly lateReplies: LateReplies;
  readonly telemetry: Pick<Telemetry, 'redis' | 'lockLost'>;
}

type CompletedJob = MinimalJob<SendJob, JobResult>;

/**
 * Access to Redis that sees to the ends which could not be written.
 *
 * An accepted single message leaves nothing in Redis but its end. While Redis refuses writes, that end is tried
 * again. Where it comes too late for its lock, as when Redis stood still, the message would look interrupted and
 * be sent a second time, or given up as uncertain, although we know better: then the acceptance is recorded as a
 * late reply is.
 */
export function keepEnds(
  createBackend: BackendFactory<RedisQueueBackend>,
  { lateReplies, telemetry }: LostEndsContext,
): BackendFactory<RedisQueueBackend> {
  const recordLate = async (job: CompletedJob, groupId: string, error: unknown): Promise<void> => {
    const { id = '', data } = job;
    if (isLockLost(error)) telemetry.lockLost(id, 'after the reply');
    const delivery = { id, job: data, journal: journalOf(job) };
    const verdict = { kind: 'complete', rule: '00', groupId } as const;
    await lateReplies.settle(delivery, { kind: 'accepted', groupId }, verdict);
  };

  return (name, opts, options) => {
    const backend = createBackend(name, opts, options);
    const complete = backend.moveToCompleted.bind(backend);
    type Completion = Parameters<typeof complete>;

    const tryAgain = async (completion: Completion, refusal: unknown) => {
      const [job, result] = completion as [CompletedJob, JobResult, ...unknown[]]; // what our processor takes and returns
      try {
        if (!isRefusedByRedis(refusal)) throw refusal;
        telemetry.redis(refusal);
        return await persist(() => complete(...completion), telemetry, isRefusedByRedis);
      } catch (error) {
        const groupId = acceptedNow(job, result);
        if (groupId !== undefined) {
          await recordLate(job, groupId, error).catch((failure) => telemetry.redis(failure));
        }
        throw error;
      }
    };

    // Not async: this is the way of every message.
    backend.moveToCompleted = (...completion: Completion) =>
      complete(...completion).catch((error) => tryAgain(completion, error));
    return backend;
  };
}

/** The group id of an acceptance that no earlier run has recorded. */
function acceptedNow(job: CompletedJob, { end, groupId }: JobResult): string | undefined {
  return end === 'accepted' && !journalOf(job).settled ? groupId : undefined;
}

/** As our processor has read it before it made the request; what it cannot read, it does not send. */
const journalOf = ({ progress }: CompletedJob): Journal => journalOrEmpty(parseJournal(progress));

/** Redis itself said no (no memory, read-only after a failover); BullMQ's own noes and broken connections are none. */
const isRefusedByRedis = (error: unknown): boolean => error instanceof ReplyError;
