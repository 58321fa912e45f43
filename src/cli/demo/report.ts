import type { MessageEnd } from '../../bullmq/message-ends.ts';
import type { Enqueued } from '../send/enqueue.ts';
import type { OutcomeRow } from '../send/outcome-tally.ts';
import type { Reconciliation } from './reconcile.ts';
import type { Stage } from './stage.ts';

export interface DemoOptions {
  readonly once?: true;
  readonly json?: true;
}

/** A message that the demo has put into Redis, for comparing with what the simulator got. */
export interface SentMessage {
  readonly id: string;
  readonly to: string;
  readonly text: string;
}

/** Everything that the demo came to. */
export interface DemoReport {
  readonly redisKind: Stage['redisKind'];
  readonly enqueued: Enqueued;
  readonly outcomes: readonly OutcomeRow[];
  readonly deadLetters: readonly {
    readonly message: SentMessage;
    readonly end: MessageEnd & { kind: 'dead' };
  }[];
  readonly reconciliation: Reconciliation;
  readonly simulator: { readonly requests: number; readonly acceptedMessages: number };
  readonly durationMs: number;
}
