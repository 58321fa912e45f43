export { type EventType, eventTypes } from '../queue/event-entry.ts';
export { EventsError, type EventsErrorCode, isEventsError } from './errors.ts';
export type { Event } from './event.ts';
export { createEvents, type Events } from './events.ts';
export type { EventsOptions, EventsProblem } from './options.ts';
export { type EventGroup, removeEventGroup } from './remove-group.ts';
