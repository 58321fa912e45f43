import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf } from '../../../src/bullmq/message-ends.ts';
import { renderOutcomes } from '../../../src/cli/render/send-summary.ts';
import { createOutcomeTally } from '../../../src/cli/send/outcome-tally.ts';

const letter = JSON.stringify({
  v: 1,
  job: { to: ['905321234567'], text: 'secret' },
  reason: 'terminal',
  code: '12',
  text: 'wrong outbox',
  history: [],
  enqueuedAt: 1,
  diedAt: 2,
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

  it('is called off where nothing of its job was left, or where it was called off among others', () => {
    const off = { kind: 'dead', reason: 'cancelled' };
    const returnvalue = JSON.stringify({ end: 'cancelled' });
    expect(endOf({ exists: true, finishedOn: '1', returnvalue, cancelled: '[0]' })).toEqual(off);
    expect(endOf({ exists: false, cancelled: '[0]' })).toEqual(off);
    const job = { exists: true, cancelled: '[1]' };
    expect(endOf({ exists: false, shared: { job, index: 1 } })).toEqual(off);
    expect(endOf({ exists: false, shared: { job, index: 0 } })).toBeUndefined();
  });

  it('is still what the dead letter says when the job is gone', () => {
    expect(endOf({ exists: false, deadLetter: letter })).toMatchObject({ kind: 'dead', reason: 'terminal' });
  });

  it.each([
    [0, undefined, { kind: 'accepted', groupId: '42' }],
    [1, '[1]', { kind: 'forgotten' }],
    [0, '[1]', { kind: 'accepted', groupId: '42' }],
    [0, '[-1]', { kind: 'forgotten' }],
  ])('of place %d in a shared job that has lost %s is %o', (index, lost, expected) => {
    const returnvalue = JSON.stringify({ end: 'accepted', groupId: '42' });
    const job = { exists: true, finishedOn: '1', returnvalue, lost };
    expect(endOf({ exists: false, shared: { job, index } })).toEqual(expected);
  });

  it('is told by the journal when the dead letter was replayed or discarded', () => {
    const end = endOf({ exists: true, finishedOn: '1', journal: settled });
    expect(end).toEqual({ kind: 'dead', reason: 'expired' });
  });

  it('is a dead letter that cannot be read where one lies there', () => {
    const deadLetter = JSON.stringify({ ...JSON.parse(letter), history: [null] });
    expect(endOf({ exists: true, finishedOn: '1', deadLetter })).toEqual({
      kind: 'dead',
      reason: 'invalid',
      mayHaveArrived: true,
      text: 'what lies here is no dead letter of this product: field history is missing or not valid',
    });
  });

  it('never depends on what lies in Redis: it is told, or forgotten', () => {
    const anyText = fc.option(fc.oneof(fc.string(), fc.json(), fc.constantFrom(letter, settled)), {
      nil: undefined,
    });
    fc.assert(
      fc.property(anyText, anyText, anyText, (returnvalue, journal, deadLetter) => {
        const end = endOf({ exists: true, finishedOn: '1', returnvalue, journal, deadLetter });
        const tally = createOutcomeTally();
        if (end) tally.add(end);
        expect(renderOutcomes(tally.rows(0), 80).length).toBeGreaterThan(1);
      }),
    );
  });

  it('is forgotten when nothing is left, or what is left cannot be read', () => {
    expect(endOf({ exists: false })).toEqual({ kind: 'forgotten' });
    expect(endOf({ exists: true, finishedOn: '1', returnvalue: '{' })).toEqual({ kind: 'forgotten' });
  });
});
