export { type EventType, eventTypes } from '../queue/event-entry.ts';
export { EventsError, type EventsErrorCode } from './errors.ts';
export type { Event } from './event.ts';
export { createEvents, type Events } from './events.ts';
export type { EventsOptions, EventsProblem } from './options.ts';
export { removeEventGroup } from './remove-group.ts';
