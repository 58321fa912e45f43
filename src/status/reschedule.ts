import type { MovedTimes } from '../queue/job-record.ts';
import type { OpenPlace, Place } from './place.ts';

/**
 * - `rescheduled`: it leaves at the new time.
 * - `too-late`: its time has come and a request has been made for it, it has ended, or it was never scheduled.
 * - `unknown`: no such message was stored, or its end is forgotten.
 */
export type RescheduleResult = 'rescheduled' | 'too-late' | 'unknown';

/** What moving messages to other times takes: in Redis, or wherever messages lie. */
export interface RescheduleSteps {
  readonly locate: (id: string) => Promise<Place>;
  /**
   * Writes down another time, in one step with the look at whether the message may still be moved, and moves the window of its key
   * along; `again` where something has changed since it was located.
   */
  readonly move: (place: OpenPlace, moved: MovedTimes) => Promise<'rescheduled' | 'too-late' | 'again'>;
}

/** Each time somebody else was faster. */
const tries = 20;

/**
 * Moves a scheduled message to another time. Its deadline moves by as much.
 * @param sendAt epoch milliseconds, not before now
 * @returns `shared` where it cannot be moved without others, with which it travels in one request
 */
export async function rescheduleMessage(
  id: string,
  sendAt: number,
  steps: RescheduleSteps,
): Promise<RescheduleResult | 'shared'> {
  for (let n = 0; n < tries; n += 1) {
    const result = await rescheduleAt(await steps.locate(id), sendAt, steps);
    if (result !== 'again') return result;
  }
  return 'too-late';
}

async function rescheduleAt(
  place: Place,
  sendAt: number,
  steps: RescheduleSteps,
): Promise<RescheduleResult | 'shared' | 'again'> {
  if (place.kind === 'unknown') return 'unknown';
  if (place.kind !== 'open') return 'too-late';
  if (isShared(place)) return 'shared';
  if (!isMovable(place)) return 'too-late';
  const { job } = place;
  const shiftMs = sendAt - (job.sendAt ?? sendAt);
  return steps.move(place, { sendAt, deadlineAt: job.deadlineAt + shiftMs });
}

const isShared = ({ job, index }: OpenPlace): boolean =>
  job.sendAt !== undefined && (job.campaign !== undefined || (index !== undefined && job.to.length > 1));

/** It was scheduled, and no request has been made for it. */
const isMovable = ({ job, journal, sight, parent }: OpenPlace): boolean =>
  job.sendAt !== undefined && !parent && !sight.isBegun && journal.history.length === 0 && !journal.sending;
