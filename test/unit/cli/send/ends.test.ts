import { describe, expect, it } from 'vitest';
import { endOf } from '../../../../src/cli/send/ends.ts';

const letter = JSON.stringify({
  v: 1,
  job: { to: ['905321234567'], text: 'secret' },
  reason: 'terminal',
  code: '12',
  text: 'wrong outbox',
  history: [],
});
const settled = JSON.stringify({
  attempts: 1,
  resends: 0,
  stalls: 0,
  history: [],
  settled: { end: 'dead', at: 1, reason: 'expired' },
});

describe('how a message ended', () => {
  it('is not known while its job is there and unfinished, even if its dead letter already is', () => {
    expect(endOf({ exists: true })).toBeUndefined();
    expect(endOf({ exists: true, deadLetter: letter })).toBeUndefined();
  });

  it('is accepted with the group id that the job returned', () => {
    const returnvalue = JSON.stringify({ end: 'accepted', groupId: '42' });
    expect(endOf({ exists: true, finishedOn: '1', returnvalue })).toEqual({
      kind: 'accepted',
      groupId: '42',
    });
  });

  it('is accepted also where JetSMS gave no group id', () => {
    const returnvalue = JSON.stringify({ end: 'accepted', durationMs: 12 });
    expect(endOf({ exists: true, finishedOn: '1', returnvalue })).toEqual({ kind: 'accepted' });
  });

  it('is what the dead letter says, without number and text', () => {
    const end = endOf({ exists: true, finishedOn: '1', deadLetter: letter });
    expect(end).toEqual({ kind: 'dead', reason: 'terminal', code: '12', text: 'wrong outbox' });
  });

  it('is still what the dead letter says when the job is gone', () => {
    expect(endOf({ exists: false, deadLetter: letter })).toMatchObject({ kind: 'dead', reason: 'terminal' });
  });

  it('is told by the journal when the dead letter was replayed or discarded', () => {
    const end = endOf({ exists: true, finishedOn: '1', progress: settled });
    expect(end).toEqual({ kind: 'dead', reason: 'expired' });
  });

  it('is forgotten when nothing is left, or what is left cannot be read', () => {
    expect(endOf({ exists: false })).toEqual({ kind: 'forgotten' });
    expect(endOf({ exists: true, finishedOn: '1', returnvalue: '{' })).toEqual({ kind: 'forgotten' });
  });
});
