import type { JobRecords } from '../bullmq/job-records.ts';
import type { TakenJob } from '../bullmq/moves.ts';
import { parseJobResult } from '../queue/parse-journal.ts';
import { parseSendJob } from '../queue/send-job.ts';

/**
 * Takes away the records of jobs that are through at the first try: BullMQ's completed job tells all that there is, unless
 * the first try was a question.
 */
export interface Forgetter {
  completed(job: TakenJob): void;
  flush(): Promise<void>;
}

/** Records are taken away so long after their jobs, many with one command. */
const gatherMs = 50;

export function createForgetter(
  records: Pick<JobRecords, 'forget'>,
  onError: (error: unknown) => void,
): Forgetter {
  let through: { readonly id: string; readonly job: NonNullable<unknown> }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const jobs = through.flatMap(({ id, job }) => {
      const parsed = parseSendJob(job);
      return parsed.ok && !parsed.job.before?.asking ? [{ id, job: parsed.job }] : [];
    });
    through = [];
    // What stays is gone by itself later: every record has a time to live.
    await records.forget(jobs).catch(onError);
  };
  return {
    completed({ id, data, attemptsStarted, returnvalue }) {
      const isPlain = attemptsStarted === 1 && parseJobResult(returnvalue)?.end === 'accepted';
      if (id === undefined || !isPlain) return;
      through.push({ id, job: data });
      timer ??= setTimeout(() => void flush(), gatherMs);
    },
    flush,
  };
}
