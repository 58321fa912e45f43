import type { MessageEnd } from '../../bullmq/message-ends.ts';

/** One message of the demo, from both sides. */
export interface DemoMessage {
  /** Undefined while it is under way. */
  readonly end: MessageEnd | undefined;
  /** How often the simulator has accepted it. */
  readonly acceptedTimes: number;
}

/** Whether the queue and the provider tell the same story. */
export interface Reconciliation {
  readonly accepted: number;
  readonly dead: number;
  /** Dead letters whose request was taken all the same: `uncertain` says so. */
  readonly deadButArrived: number;
  /** Still under way, or ended nobody knows how. */
  readonly open: number;
  /** The queue says accepted, the provider has not got it. */
  readonly lost: number;
  /** The provider has accepted it more than once. */
  readonly duplicates: number;
  /** The queue says that nothing arrived, the provider has got it. */
  readonly contradictions: number;
  /** Every message was accepted exactly once, or is a dead letter that tells the truth. */
  readonly isAccountedFor: boolean;
}

/** Compares what the queue says of each message with what the provider has got. */
export function reconcile(messages: readonly DemoMessage[]): Reconciliation {
  const count = (holds: (message: DemoMessage) => boolean): number => messages.filter(holds).length;
  const accepted = count(({ end }) => end?.kind === 'accepted');
  const dead = count(({ end }) => end?.kind === 'dead');
  const arrivedDead = (message: DemoMessage): boolean =>
    message.end?.kind === 'dead' && message.acceptedTimes > 0;
  const lost = count(({ end, acceptedTimes }) => end?.kind === 'accepted' && acceptedTimes === 0);
  const duplicates = count(({ acceptedTimes }) => acceptedTimes > 1);
  const contradictions = count((message) => arrivedDead(message) && !mayHaveArrived(message));
  const open = messages.length - accepted - dead;
  return {
    accepted,
    dead,
    deadButArrived: count(arrivedDead),
    open,
    lost,
    duplicates,
    contradictions,
    isAccountedFor: [open, lost, duplicates, contradictions].every((bad) => bad === 0),
  };
}

const mayHaveArrived = ({ end }: DemoMessage): boolean => end?.kind === 'dead' && end.mayHaveArrived === true;
