import type { HoldEntry } from '../../queue/event-entry.ts';
import type { Hold, HoldRecord } from './hold-record.ts';
import { stands } from './hold-steps.ts';

/**
 * What others are told of a step: that the account stands still, for this reason now, or that it goes on. Undefined where neither
 * has changed. A pause on the dashboard is no record of ours, and is not told. Pure.
 */
export function holdEntryOf(before: HoldRecord, after: HoldRecord): HoldEntry | undefined {
  const { hold } = after;
  if (stands(hold)) {
    if (stands(before.hold) && before.hold.reason === hold.reason) return undefined;
    return { type: 'account.held', at: hold.modeSince, ...causeOf(hold) };
  }
  if (!stands(before.hold)) return undefined;
  return { type: 'account.resumed', at: after.hold?.modeSince ?? after.liftedAt, ...causeOf(before.hold) };
}

const causeOf = ({ reason, code }: Hold): Pick<HoldEntry, 'reason' | 'code'> => ({
  reason,
  ...(code === undefined ? {} : { code }),
});
