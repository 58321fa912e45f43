import type { JournalWrite } from '../bullmq/job-records.ts';
import type { Journal } from '../queue/journal.ts';
import type { Delivery, RequestContext } from './delivery.ts';
import { beforeSending } from './verdict/journal-entries.ts';

/** A job whose second sending would matter, or that is asked about before it; and one of which only the first message goes, whatever it says. */
export const needsMark = ({ job, policy, isCanary }: Delivery): boolean =>
  policy.asks || policy.otherwise === 'park' || (isCanary && job.to.length > 1);

/**
 * Sees for each job that it is still this run's, and writes "sending" on those that need it, all in one round trip. Gives
 * the jobs that may leave; the others are settled.
 */
export async function begin(
  group: readonly Delivery[],
  context: RequestContext,
): Promise<readonly Delivery[]> {
  const { records, holds, telemetry, worker, now } = context;
  const at = now();
  const results = await records.begin(
    group.map((delivery) => ({ ...delivery, ...markOf(delivery, { at, worker }) })),
    group[0]?.isCanary ?? false,
  );
  // The hold shows before the jobs are taken again.
  if (results.includes('held')) await holds.refresh();
  await takeBackUnconfirmed(
    group.filter((_, index) => results[index] === 'unconfirmed'),
    context,
  );
  return group.filter((delivery, index) => {
    const result = results[index] ?? 'lost';
    if (result === 'written') return true;
    if (result === 'lost') telemetry.lockLost(delivery.id, 'before sending');
    delivery.settle({ kind: settlementOf[result] });
    return false;
  });
}

const settlementOf = {
  changed: 'look-again',
  held: 'back',
  lost: 'lost',
  superseded: 'superseded',
  unconfirmed: 'unconfirmed',
} as const;

/** Where the mark cannot be taken back it stays, and the next run takes it for a request: that sends nothing twice. */
async function takeBackUnconfirmed(group: readonly Delivery[], context: RequestContext): Promise<void> {
  if (group.length === 0) return;
  context.telemetry.unconfirmed(group.length);
  await unmark(group, context).catch((error) => context.telemetry.redis(error));
}

function markOf(delivery: Delivery, sending: { readonly at: number; readonly worker: string }) {
  if (!needsMark(delivery)) return {};
  const { journal, job, isCanary } = delivery;
  const carried = isCanary && job.to.length > 1 ? { messages: 1 } : {};
  return { mark: beforeSending(journal, { ...sending, ...carried }) };
}

/** A write behind `begin`. What the run has seen of the record is past: since then nobody changes what it decides by. */
export const writeBehindBegin = (delivery: Delivery, journal: Journal): JournalWrite => {
  const { id, run, job } = delivery;
  return { id, run, job, journal, isMarked: needsMark(delivery) };
};

/** Takes back what `begin` wrote: it is certain that nothing was sent. */
export async function unmark(group: readonly Delivery[], { records }: RequestContext): Promise<void> {
  await records.write(group.map((delivery) => writeBehindBegin(delivery, delivery.journal)));
}
