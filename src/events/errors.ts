import { CodedError, type ErrorFacts, isErrorOf } from '../errors/coded-error.ts';

/** Every error of the reading of events: code → what it means, what to do. The codes are stable. */
export const eventsErrors = {
  EVENTS_OPTIONS_INVALID: {
    meaning: 'The options are not usable; the message names each of them.',
    whatToDo: 'Correct the named options.',
  },
  EVENTS_REFUSED: {
    meaning: 'Redis refuses what reading events takes, and will go on refusing it.',
    whatToDo: 'Mend that, then read again; nothing is lost meanwhile.',
  },
  EVENTS_UNAVAILABLE: {
    meaning: 'Redis did not confirm it.',
    whatToDo: 'Do it again once Redis is back; doing it twice does no harm.',
  },
  EVENTS_STREAM_INVALID: {
    meaning: "What lies in Redis in the place of an account's stream of events is no stream.",
    whatToDo: 'See who wrote it, and delete the key. Until then nobody is told of ends.',
  },
  EVENTS_NOT_OURS: {
    meaning: 'ack() was given something that these events did not hand out.',
    whatToDo: 'Pass the event itself, as the iterator gave it, to the events that it came from.',
  },
  EVENTS_CLOSED: {
    meaning: 'The events were closed.',
    whatToDo: 'Acknowledge before close(); what was not acknowledged comes again.',
  },
} as const;

/** Why reading events failed. */
export type EventsErrorCode = keyof typeof eventsErrors;

/** An error of the reading of events; `code` is stable, the message never holds a number or a text. */
export class EventsError extends CodedError<EventsErrorCode> {
  override readonly name = 'EventsError';

  constructor(code: EventsErrorCode, facts?: ErrorFacts) {
    super(code, eventsErrors[code], facts);
  }
}

/**
 * Whether something thrown is an `EventsError`, of this copy of the package or of another: told by name and code, since
 * `instanceof` fails where two copies are loaded. Total.
 *
 * @param error whatever was thrown
 * @returns true for an `EventsError`, whose fields can then be read
 * @example
 * import { createEvents, isEventsError } from 'jetsms-producer/events';
 *
 * try {
 *   createEvents({ redis: 'redis://127.0.0.1:6379', group: '' });
 * } catch (error) {
 *   if (!isEventsError(error)) throw error;
 *   console.log(error.code); // → EVENTS_OPTIONS_INVALID
 * }
 */
export function isEventsError(error: unknown): error is EventsError {
  return isErrorOf(error, 'EventsError', eventsErrors);
}
