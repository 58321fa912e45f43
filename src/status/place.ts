import type { Lane } from '../message/lane.ts';
import type { Ended } from '../queue/ended-state.ts';
import type { Journal, OneEnd } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { Sight } from './sight.ts';

/** The job that a piece is about to be made of. */
export interface Parent {
  readonly id: string;
  readonly lane: Lane;
  readonly piece: SendJob;
}

/** A message, or all of a job, and where it is looked for. */
export interface Aim {
  readonly jobId: string;
  readonly messageId: string;
  /** Its place among the job's messages, where the job does not name them; undefined = all of the job. */
  readonly index: number | undefined;
  readonly parent?: Parent;
  readonly way: Way;
}

/** How a message was found. */
export interface Way {
  /** The messages that it repeats and that were found on the way, the first of the chain first. */
  readonly origins: readonly string[];
  /** One of these may have reached the person. */
  readonly mayHaveArrived: boolean;
}

interface Found extends Way {
  readonly messageId: string;
  readonly sight: Sight;
}

/** A message that has not ended, or a whole job. */
export interface OpenPlace extends Found {
  readonly kind: 'open';
  /** As it was stored, at its present times. */
  readonly job: SendJob;
  readonly journal: Journal;
  /** Its place in `job`; undefined = all of it. */
  readonly index: number | undefined;
  /** The job is not added yet. */
  readonly parent?: Parent;
}

/** A message whose end is remembered. */
export interface EndedPlace extends Found {
  readonly kind: 'ended';
  readonly ended: Ended;
  /** Its job, where BullMQ still has it, and its place there. */
  readonly job?: SendJob | undefined;
  readonly jobIndex?: number | undefined;
  /** Its place among the messages of the end; undefined = all of them. */
  readonly index: number | undefined;
}

/** A message whose end is not remembered, but has not left BullMQ yet. */
export interface SettledPlace extends Found {
  readonly kind: 'settled';
  /** Undefined where BullMQ has it no more. */
  readonly job: SendJob | undefined;
  readonly index: number | undefined;
  readonly end: OneEnd | 'cancelled';
}

export type Place =
  | OpenPlace
  | EndedPlace
  | SettledPlace
  /** A whole job that went different ways. */
  | { readonly kind: 'divided'; readonly parts: readonly Place[] }
  | { readonly kind: 'unknown' };

/** Where to look next. */
export type Next =
  | { readonly kind: 'next'; readonly aim: Aim; readonly otherwise: Place }
  /** All pieces of a job. */
  | { readonly kind: 'all'; readonly aims: readonly Aim[] };

export const unknown = { kind: 'unknown' } as const;
