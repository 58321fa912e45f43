import type { Journal } from '../../src/queue/journal.ts';
import { parseJournal } from '../../src/queue/parse-journal.ts';
import type { SendJob } from '../../src/queue/send-job.ts';

/** The journal of a job of a test, which can be read. */
export function journalOf(progress: unknown, job?: SendJob): Journal {
  const read = parseJournal(progress, job);
  if (!read.ok) throw new Error(read.problem);
  return read.journal;
}
