import { describe, expect, it } from 'vitest';
import { type DemoMessage, reconcile } from '../../../../src/cli/demo/reconcile.ts';

const accepted = { kind: 'accepted', groupId: '1' } as const;
const refused = { kind: 'dead', reason: 'terminal', code: '12' } as const;
const uncertain = { kind: 'dead', reason: 'uncertain', code: 'cut-reply', mayHaveArrived: true } as const;

describe('the reconciliation', () => {
  it('is fine where each message was accepted once, or is a dead letter that tells the truth', () => {
    const messages: readonly DemoMessage[] = [
      { end: accepted, acceptedTimes: 1 },
      { end: refused, acceptedTimes: 0 },
      { end: uncertain, acceptedTimes: 1 },
      { end: uncertain, acceptedTimes: 0 },
    ];
    expect(reconcile(messages)).toEqual({
      accepted: 1,
      dead: 3,
      deadButArrived: 1,
      open: 0,
      lost: 0,
      duplicates: 0,
      contradictions: 0,
      isAccountedFor: true,
    });
  });

  it.each([
    ['open', { end: undefined, acceptedTimes: 0 }],
    ['open', { end: { kind: 'forgotten' }, acceptedTimes: 1 }],
    ['lost', { end: accepted, acceptedTimes: 0 }],
    ['duplicates', { end: accepted, acceptedTimes: 2 }],
    ['duplicates', { end: uncertain, acceptedTimes: 2 }],
    ['contradictions', { end: refused, acceptedTimes: 1 }],
  ] as const)('is not fine with one that is %s: %j', (which, message) => {
    expect(reconcile([message])).toMatchObject({ [which]: 1, isAccountedFor: false });
  });
});
