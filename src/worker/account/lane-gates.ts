import type { AccountQueues } from '../../bullmq/account-queues.ts';
import { type Lane, lanes } from '../../message/lane.ts';
import type { HoldRecord } from './hold-record.ts';
import { gateOf, type StepContext } from './hold-steps.ts';

/** Longer than a consumer waits until it asks again while its queue lets nothing through. */
const headStartMs = 500;

/**
 * Sets what the queues let through. Of a held account only the most urgent lane that has a message may give the canary.
 * And when a hold has just ended, the less urgent lanes wait a moment for it: consumers that stood still wake in any
 * order.
 */
export async function setGates(
  queues: Pick<AccountQueues, 'setGate' | 'waiting'>,
  record: HoldRecord,
  { now, policy }: StepContext,
): Promise<void> {
  const gate = gateOf(record, now, policy);
  const isBeginning = gate.kind === 'paced' && now - (record.hold?.modeSince ?? 0) < headStartMs;
  if (gate.kind !== 'one' && !isBeginning) return queues.setGate(() => gate);
  const waiting = await queues.waiting();
  const first = lanes.find((lane) => waiting[lane] > 0);
  const open = isBeginning ? downTo(first) : [first ?? 'otp'];
  await queues.setGate((lane) => (open.includes(lane) ? gate : { kind: 'closed' }));
}

const downTo = (last: Lane | undefined): readonly Lane[] =>
  last === undefined ? lanes : lanes.slice(0, lanes.indexOf(last) + 1);
