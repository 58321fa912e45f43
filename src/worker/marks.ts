import { emptyJournal, type Journal, type Sending } from '../queue/journal.ts';
import type { DeliverContext, Delivery } from './delivery.ts';
import { beforeSending } from './verdict/journal-entries.ts';

/** A job whose second sending would matter; and one of which only the first message goes, whatever it says. */
const needsMark = ({ job, isCanary }: Delivery): boolean =>
  job.whenUncertain === 'park' || (isCanary && job.to.length > 1);

/** Writes "sending" on every job that needs it, all in one round trip. Gives the jobs that may leave. */
export async function mark(
  group: readonly Delivery[],
  context: DeliverContext,
): Promise<readonly Delivery[]> {
  const { journals, worker, now } = context;
  const needing = group.filter(needsMark);
  const at = now();
  const ofFirstAttempt = beforeSending(emptyJournal, { at, worker });
  // Jobs that share one journal share its text in the command.
  const marked = ({ journal, job, isCanary }: Delivery): Journal => {
    if (isCanary && job.to.length > 1) return beforeSending(journal, { at, worker, messages: 1 });
    return journal === emptyJournal ? ofFirstAttempt : beforeSending(journal, { at, worker });
  };
  const results = await journals.write(
    needing.map((delivery) => ({ id: delivery.id, token: delivery.token, journal: marked(delivery) })),
  );
  const stopped = new Set<Delivery>();
  const lost: Delivery[] = [];
  results.forEach((result, index) => {
    const delivery = needing[index];
    if (result === 'written' || !delivery) return;
    if (result === 'lost') lost.push(delivery);
    else delivery.settle({ kind: result });
    stopped.add(delivery);
  });
  await Promise.all(lost.map((delivery) => settleLost(delivery, { at, worker }, context)));
  return stopped.size === 0 ? group : group.filter((delivery) => !stopped.has(delivery));
}

async function settleLost(delivery: Delivery, sending: Sending, context: DeliverContext): Promise<void> {
  context.telemetry.lockLost(delivery.id, 'before sending');
  await unmarkLost(delivery, sending, context);
  delivery.settle({ kind: 'lost' });
}

/**
 * A mark that was written although Redis now says that the lock is lost: the connection broke in between, and
 * the write was repeated. Nothing was sent, so the mark must not make the message look interrupted.
 */
async function unmarkLost(
  { id, job, journal: after }: Delivery,
  { at, worker }: Sending,
  { journals }: DeliverContext,
): Promise<void> {
  const found = await journals.read(id);
  if (!found?.read.ok) return;
  const before = found.read.journal;
  const isOurs = before.sending?.worker === worker && before.sending.at === at;
  if (isOurs) await journals.replace(id, found.raw, { job, before, after });
}

/** Takes back what `mark` wrote: it is certain that nothing was sent. */
export async function unmark(group: readonly Delivery[], { journals }: DeliverContext): Promise<void> {
  const marked = group.filter(needsMark);
  await journals.write(marked.map(({ id, token, journal }) => ({ id, token, journal })));
}
