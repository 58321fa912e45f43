import type { Journal } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { OpenPlace, Place } from './place.ts';
import { isAsking } from './status-of.ts';

/**
 * - `cancelled`: it does not reach JetSMS, now or ever.
 * - `too-late`: it has ended, a request for it is under way, or an earlier one may have been taken.
 * - `unknown`: no such message was stored, or its end is forgotten.
 */
export type CancelResult = 'cancelled' | 'too-late' | 'unknown';

/** What calling messages off takes: in Redis, or wherever messages lie. */
export interface CancelSteps {
  readonly locate: (id: string) => Promise<Place>;
  /**
   * Calls off a message, or all of a job, in one step with the look at whether it still may be; `again` where something has changed
   * since it was located.
   */
  readonly callOff: (place: OpenPlace) => Promise<'cancelled' | 'too-late' | 'again'>;
}

/** Each time somebody else was faster, and after that the message is where nobody changes it, or on its way. */
const tries = 20;

/**
 * Calls a message off, or all messages of a job of several: from its answer on it is certain what becomes of it. Repeating it
 * changes nothing.
 */
export async function cancelMessage(id: string, steps: CancelSteps): Promise<CancelResult> {
  for (let n = 0; n < tries; n += 1) {
    const result = await cancelAt(await steps.locate(id), steps);
    if (result !== 'again') return result;
  }
  return 'too-late';
}

async function cancelAt(place: Place, steps: CancelSteps): Promise<CancelResult | 'again'> {
  switch (place.kind) {
    case 'unknown':
      return 'unknown';
    case 'ended':
      return isCalledOff({ ...place.ended.notes, end: place.ended.end }) ? 'cancelled' : 'too-late';
    case 'settled':
      return place.end === 'cancelled' || isCalledOff(place.end) ? 'cancelled' : 'too-late';
    case 'divided':
      return cancelAll(place.parts, steps);
    case 'open':
      return cancelOpen(place, steps);
  }
}

interface KnownEnd {
  readonly end: string;
  readonly reason?: string;
  readonly mayHaveArrived?: true;
}

/** With its campaign a message can be called off after a request of which nobody knows: that is no sure answer. */
const isCalledOff = ({ end, reason, mayHaveArrived }: KnownEnd): boolean =>
  (end === 'cancelled' || reason === 'cancelled') && !mayHaveArrived;

async function cancelAll(parts: readonly Place[], steps: CancelSteps): Promise<CancelResult | 'again'> {
  const results = await Promise.all(parts.map((part) => cancelAt(part, steps)));
  if (results.includes('again')) return 'again';
  return results.every((result) => result === 'cancelled') ? 'cancelled' : 'too-late';
}

async function cancelOpen(place: OpenPlace, steps: CancelSteps): Promise<CancelResult | 'again'> {
  const { job, index, journal, sight, mayHaveArrived } = place;
  // The id of joined sends is nobody's: who has it means one of them.
  if (index === undefined && job.joined) return 'unknown';
  if (mayHaveArrived || sight.isBegun || mayBeTaken(journal, job)) return 'too-late';
  return steps.callOff(place);
}

/** Whether a request for it is under way, or an earlier one may have been taken. */
export function mayBeTaken(journal: Journal, { before }: Pick<SendJob, 'before'>): boolean {
  const { sending, resends, history, settled } = journal;
  if (sending || settled || resends > 0 || (before?.resends ?? 0) > 0) return true;
  if (isAsking(journal) || isAsking(before)) return true;
  return history.some(({ outcome }) => outcome === 'uncertain' || outcome === 'accepted');
}
