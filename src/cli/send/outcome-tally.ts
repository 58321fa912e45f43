import type { MessageEnd } from '../../bullmq/message-ends.ts';
import { meaningOfDeath } from '../../queue/dead-letter-meaning.ts';
import type { DeadReason } from '../../queue/journal.ts';

/** Messages that came to the same end. */
export interface OutcomeRow {
  readonly end: 'accepted' | 'dead' | 'forgotten' | 'waiting';
  readonly reason: DeadReason | null;
  /** JetSMS code, `http-401`, or the cause; null where there is none. */
  readonly code: string | null;
  readonly count: number;
  readonly meaning: string;
}

/** Counts ends, and says what each means. */
export interface OutcomeTally {
  add(end: MessageEnd): void;
  /** The ends that there were, accepted first, then the most frequent; those still under way last. */
  rows(underWay: number): readonly OutcomeRow[];
}

export function createOutcomeTally(): OutcomeTally {
  const rows = new Map<string, OutcomeRow>();
  return {
    add(end) {
      const row = rowOf(end);
      const key = `${row.end} ${row.reason} ${row.code} ${row.meaning}`;
      rows.set(key, { ...row, count: (rows.get(key)?.count ?? 0) + 1 });
    },
    rows(underWay) {
      const order = ['accepted', 'dead', 'forgotten'];
      const ended = [...rows.values()].sort(
        (a, b) => order.indexOf(a.end) - order.indexOf(b.end) || b.count - a.count,
      );
      return underWay === 0 ? ended : [...ended, waitingRow(underWay)];
    },
  };
}

function rowOf(end: MessageEnd): Omit<OutcomeRow, 'count'> {
  switch (end.kind) {
    case 'accepted':
      return { end: 'accepted', reason: null, code: '00', meaning: 'accepted by JetSMS' };
    case 'dead':
      return { end: 'dead', reason: end.reason, code: end.code ?? null, meaning: meaningOfDeath(end) };
    case 'forgotten':
      return {
        end: 'forgotten',
        reason: null,
        code: null,
        meaning: 'ended, but how is no longer kept (see keepCompletedCount and keepCompletedAgeMs)',
      };
  }
}

const waitingRow = (count: number): OutcomeRow => ({
  end: 'waiting',
  reason: null,
  code: null,
  count,
  meaning: 'still under way; the worker goes on with them',
});
