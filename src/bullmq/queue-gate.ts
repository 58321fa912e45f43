import type { Queue } from 'bullmq';

/** What the queue may let through, as an economy: it spares taking jobs that would only go back. */
export type Gate =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'one' }
  | { readonly kind: 'paced'; readonly perSecond: number };

/**
 * What BullMQ lets through while an account is held or resumes. It is an economy, no more: it spares taking jobs that
 * would go back at once. The hold itself is checked for each job.
 */
export interface QueueGate {
  /** Sets what BullMQ shall let through; asked again with the same, it renews what runs out. */
  set(gate: Gate): Promise<void>;
}

/** A closed gate opens by itself after so long, should nobody renew it. */
const closedForMs = 3_000;

/** Jobs a second that may ask to be the canary; one of them is. */
const triesPerSecond = 10;

/**
 * Workers of one account set the same gate, and set it again at each look, so it does not matter who comes last.
 *
 * Only BullMQ's rate limit is used, by its public methods. Its pause is a person's, on the dashboard; its global
 * concurrency leaves workers asleep for up to ten seconds after it was lifted.
 */
export function createQueueGate(queue: Queue): QueueGate {
  return {
    async set(gate) {
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
    },
  };
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
