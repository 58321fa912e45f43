import type { Queue } from 'bullmq';

/** What a queue may let through, as an economy: it spares taking jobs that would only go back. */
export type Gate =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'one' }
  | { readonly kind: 'paced'; readonly perSecond: number };

/** A closed gate opens by itself after so long, should nobody renew it. */
const closedForMs = 3_000;

/** Jobs a second that may ask to be the canary; one of them is. */
const triesPerSecond = 10;

/**
 * Sets what BullMQ lets through while an account is held or resumes; asked again with the same, it renews what runs out.
 * It is an economy, no more: the hold itself is checked for each job. Workers of one account set the same gate, and set
 * it again at each look, so it does not matter who comes last.
 *
 * Only BullMQ's rate limit is used, by its public methods. Its pause is a person's, on the dashboard; its global
 * concurrency leaves workers asleep for up to ten seconds after it was lifted.
 */
export async function setGate(queue: Queue, gate: Gate): Promise<void> {
  switch (gate.kind) {
    case 'open':
      return limit(queue, undefined);
    case 'paced':
      return limit(queue, gate.perSecond);
    case 'one':
      return limit(queue, triesPerSecond);
    case 'closed':
      // Without a limit the key that closes would mean nothing.
      await queue.setGlobalRateLimit(1, 1_000);
      return queue.rateLimit(closedForMs);
  }
}

/** So many jobs a second, or as many as come; nothing is written where it is so already. */
async function limit(queue: Queue, perSecond: number | undefined): Promise<void> {
  const [{ max }, closedMs] = await Promise.all([queue.getMeta(), queue.getRateLimitTtl()]);
  if (perSecond === undefined) {
    if (max !== undefined) await Promise.all([queue.removeGlobalRateLimit(), queue.removeRateLimitKey()]);
    return;
  }
  if (max !== perSecond) await queue.setGlobalRateLimit(perSecond, 1_000);
  // A longer time than a second's share can only be a closed gate.
  if (closedMs > 1_000 || max !== perSecond) await queue.removeRateLimitKey();
}
