import { describe, expect, it } from 'vitest';
import { createOutcomeTally } from '../../../../src/cli/send/outcome-tally.ts';

describe('the tally of outcomes', () => {
  it('has accepted first, then the frequent, then the forgotten, then what is under way', () => {
    const tally = createOutcomeTally();
    tally.add({ kind: 'forgotten' });
    tally.add({ kind: 'dead', reason: 'terminal', code: '12', text: 'wrong outbox' });
    tally.add({ kind: 'dead', reason: 'expired' });
    tally.add({ kind: 'dead', reason: 'expired' });
    tally.add({ kind: 'accepted', groupId: '1' });
    expect(tally.rows(7).map(({ end, reason, code, count }) => [end, reason, code, count])).toEqual([
      ['accepted', null, '00', 1],
      ['dead', 'expired', null, 2],
      ['dead', 'terminal', '12', 1],
      ['forgotten', null, null, 1],
      ['waiting', null, null, 7],
    ]);
  });

  it('gives every row a meaning', () => {
    const tally = createOutcomeTally();
    tally.add({ kind: 'dead', reason: 'terminal', code: '12', text: '' });
    expect(tally.rows(1).every(({ meaning }) => meaning.length > 5)).toBe(true);
  });
});
