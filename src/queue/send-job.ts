import type { Lane, WhenUncertain } from '../message/lane.ts';

/** The version of `SendJob` that this code writes. */
export const sendJobVersion = 1;

/**
 * What lies in the queue: one or many messages that go in one request.
 * Written by the producer, checked again by the worker (`parseSendJob`).
 */
export interface SendJob {
  readonly v: typeof sendJobVersion;
  readonly account: string;
  readonly lane: Lane;
  readonly title: string;
  /** Recipients in the provider's form: digits, country code first, no plus sign. */
  readonly to: readonly string[];
  /** One text for all of `to`, or as many texts as recipients. */
  readonly text: string | readonly string[];
  readonly whenUncertain: WhenUncertain;
  /** SMS parts of all messages together, by the provider's arithmetic. */
  readonly parts: number;
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** Epoch milliseconds; after it the message is never sent. */
  readonly deadlineAt: number;
  /** Set on a replayed message: the message that it repeats. */
  readonly origin?: Origin;
}

/** Where a replayed message comes from. */
export interface Origin {
  /** The dead letter that was replayed. */
  readonly id: string;
  /** The first message of the chain. */
  readonly rootId: string;
  /** 1 for the first replay. */
  readonly replay: number;
}
