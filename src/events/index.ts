export { EventsError, type EventsErrorCode } from './errors.ts';
export { type Event, type EventType, eventTypes } from './event.ts';
export { createEvents, type Events } from './events.ts';
export type { EventsOptions, EventsProblem } from './options.ts';
export { removeEventGroup } from './remove-group.ts';
