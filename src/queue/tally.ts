import { deadCount } from './campaign.ts';
import { messagesIn, type Settled } from './journal.ts';
import type { SendJob } from './send-job.ts';

/** By how much an end changes a campaign's counts. */
export type Tally = Readonly<Record<string, number>>;

/** What the end of a job adds to the counts of its campaign. Pieces that go on are counted at their own end. */
export function tallyOf(job: SendJob, settled: Settled): Tally {
  switch (settled.end) {
    case 'accepted':
      return { accepted: job.to.length };
    case 'dead':
      return { [deadCount(settled)]: job.to.length };
    case 'split':
      return settled.pieces.reduce<Record<string, number>>((tally, piece) => {
        if (piece.fate === 'again') return tally;
        const field = piece.fate === 'accepted' ? 'accepted' : deadCount(piece.facts);
        tally[field] = (tally[field] ?? 0) + messagesIn(piece.ranges);
        return tally;
      }, {});
  }
}

/** What changes when a late reply puts another end in the place of the one that stood there. */
export function tallyOfChange(job: SendJob, before: Settled | undefined, after: Settled): Tally {
  const taken = Object.entries(before ? tallyOf(job, before) : {}).map(
    ([field, count]) => [field, -count] as const,
  );
  const changes = new Map<string, number>(taken);
  for (const [field, count] of Object.entries(tallyOf(job, after))) {
    changes.set(field, (changes.get(field) ?? 0) + count);
  }
  return Object.fromEntries(changes);
}
