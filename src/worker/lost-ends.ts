import type { BackendFactory, MinimalJob, RedisQueueBackend } from 'bullmq';
import { ReplyError } from 'ioredis';
import { isLockLost } from '../bullmq/lock-lost.ts';
import { idOf, type JobResult, type Journal } from '../queue/journal.ts';
import { journalOrEmpty, parseJournal } from '../queue/parse-journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { LateReplies } from './late-replies.ts';
import { persist } from './persist.ts';
import type { Telemetry } from './telemetry.ts';
import { completeWith } from './verdict/decide.ts';

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
  const recordLate = async (job: CompletedJob, result: JobResult, error: unknown): Promise<void> => {
    const { id = '', data } = job;
    if (isLockLost(error)) telemetry.lockLost(id, 'after the reply');
    const delivery = { id, job: data, journal: journalOf(job) };
    const outcome = { kind: 'accepted', ...idOf(result) } as const;
    await lateReplies.settle(delivery, outcome, completeWith(result.groupId));
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
        if (isAcceptedNow(job, result)) {
          await recordLate(job, result, error).catch((failure) => telemetry.redis(failure));
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

/** Whether the end is an acceptance that no earlier run has recorded. */
function isAcceptedNow(job: CompletedJob, { end }: JobResult): boolean {
  return end === 'accepted' && !journalOf(job).settled;
}

/** As our processor has read it before it made the request; what it cannot read, it does not send. */
const journalOf = ({ progress }: CompletedJob): Journal => journalOrEmpty(parseJournal(progress));

/** Redis itself said no (no memory, read-only after a failover); BullMQ's own noes and broken connections are none. */
const isRefusedByRedis = (error: unknown): boolean => error instanceof ReplyError;
