import type { BackendFactory, Job, RedisQueueBackend } from 'bullmq';
import { parseJournal } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { LateReplies } from './late-replies.ts';
import type { JobResult } from './settle.ts';
import type { Telemetry } from './telemetry.ts';

type Processor = (job: Job, token?: string) => Promise<JobResult>;

/** Sees to it that an acceptance which Redis did not take as the job's end is not forgotten. */
export interface LostEnds {
  /** A processor whose acceptances are remembered until BullMQ has written them. */
  remembering(processor: Processor): Processor;
  /** Access to Redis that tells when an end could not be written. */
  telling(backend: BackendFactory<RedisQueueBackend>): BackendFactory<RedisQueueBackend>;
}

/**
 * An accepted `resend` message leaves nothing in Redis but its end. Where that end comes too late for its lock,
 * as when Redis stood still, the message would look interrupted and be sent a second time although we know
 * better: then the acceptance is recorded as a late reply is.
 */
export function createLostEnds({
  lateReplies,
  telemetry,
}: {
  readonly lateReplies: LateReplies;
  readonly telemetry: Pick<Telemetry, 'redis'>;
}): LostEnds {
  const accepted = new Map<string, { readonly job: Job<SendJob>; readonly groupId: string }>();

  const recordLate = async (id: string): Promise<void> => {
    const end = accepted.get(id);
    if (!end) return;
    const { groupId } = end;
    const delivery = { id, job: end.job.data, journal: parseJournal(end.job.progress) };
    const verdict = { kind: 'complete', rule: '00', groupId } as const;
    await lateReplies.settle(delivery, { kind: 'accepted', groupId }, verdict);
  };

  return {
    remembering: (processor) => async (job, token) => {
      const result = await processor(job, token);
      const isUnwritten = (job.data as SendJob).whenUncertain === 'resend';
      if (isUnwritten && result.groupId !== undefined && job.id !== undefined) {
        accepted.set(job.id, { job, groupId: result.groupId });
      }
      return result;
    },
    telling: (createBackend) => (name, opts, options) => {
      const backend = createBackend(name, opts, options);
      const finish = backend.moveToFinished.bind(backend);
      backend.moveToFinished = async (id, args) => {
        try {
          return await finish(id, args);
        } catch (error) {
          await recordLate(id).catch((failure) => telemetry.redis(failure));
          throw error;
        } finally {
          accepted.delete(id);
        }
      };
      return backend;
    },
  };
}
