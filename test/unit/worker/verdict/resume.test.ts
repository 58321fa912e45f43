import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyJournal, type Journal } from '../../../../src/queue/journal.ts';
import { parseSendJob, type SendJob } from '../../../../src/queue/send-job.ts';
import { resume, type TakenJob } from '../../../../src/worker/verdict/resume.ts';
import { canAsk, cannotAsk } from '../../../support/ask-ability.ts';
import { sendJob } from '../../../support/send-job.ts';

const now = 1_800_000_000_000;
const parked = sendJob({ enqueuedAt: now - 1_000, deadlineAt: now + 60_000, whenUncertain: 'park' });
const resent: SendJob = { ...parked, whenUncertain: 'resend' };
const accepted = { end: 'accepted', groupId: '1', at: now - 10 } as const;
const sending = { at: now - 10, worker: 'w' };

function step(job: SendJob, journal: Partial<Journal> = {}, change: Partial<TakenJob> = {}): string {
  const taken = { id: 'm1', record: recordOf(journal), stalledCounter: 0, ability: canAsk, now, ...change };
  return resume({ parsed: parseSendJob(job), ...taken }).kind;
}

const recordOf = (journal: Partial<Journal>, lost: readonly number[] = []) => ({
  journal: JSON.stringify({ ...emptyJournal, ...journal }),
  lost,
});

describe('a job that was just taken', () => {
  it.each<[string, string, SendJob, Partial<Journal>, Partial<TakenJob>]>([
    ['is sent when nothing speaks against it', 'send', parked, {}, {}],
    ['is sent again when its retry is due', 'send', parked, { attempts: 1, notBefore: now }, {}],
    ['waits when its retry is not due yet', 'wait', parked, { attempts: 1, notBefore: now + 1 }, {}],
    ['is expired at its deadline', 'expired', parked, {}, { now: parked.deadlineAt }],
    ['is sent a moment before its deadline', 'send', parked, {}, { now: parked.deadlineAt - 1 }],
    ['was interrupted when it is marked as being sent', 'crashed', parked, { sending }, {}],
    ['is settled when its end is known', 'settle', parked, { settled: accepted }, {}],
  ])('%s', (_, expected, job, journal, change) => {
    expect(step(job, journal, change)).toBe(expected);
  });

  it('is settled although its deadline has passed: the end is known', () => {
    expect(step(parked, { settled: accepted }, { now: parked.deadlineAt + 1 })).toBe('settle');
  });

  it('was interrupted, not expired, when its deadline passed after it was marked', () => {
    expect(step(parked, { sending }, { now: parked.deadlineAt + 1 })).toBe('crashed');
  });

  it('is expired, not waiting, when its deadline passed while it waited', () => {
    expect(step(parked, { notBefore: parked.deadlineAt + 5 }, { now: parked.deadlineAt })).toBe('expired');
  });
});

describe('a lost lock', () => {
  it('proves no request of a message that is marked before it is sent', () => {
    expect(step(parked, {}, { stalledCounter: 3 })).toBe('send');
  });

  it('counts as an interrupted request of a message that carries no mark', () => {
    expect(step(resent, {}, { stalledCounter: 1 })).toBe('crashed');
  });

  it('counts once only', () => {
    expect(step(resent, { stalls: 1 }, { stalledCounter: 1 })).toBe('send');
    expect(step(resent, { stalls: 1 }, { stalledCounter: 2 })).toBe('crashed');
  });
});

describe('a message whose request got no answer', () => {
  const asked: SendJob = { ...parked, whenUncertain: 'ask' };
  const asking = { since: now - 3_000, cause: 'reply-timeout', until: now + 60_000, asked: 1 } as const;

  it('waits for its next question, and is asked about then', () => {
    expect(step(asked, { asking, notBefore: now + 1 })).toBe('wait');
    expect(step(asked, { asking, notBefore: now })).toBe('ask');
    expect(step(asked, { asking })).toBe('ask');
  });

  it('is asked about after its deadline, too, and waits for its questions beyond it', () => {
    expect(step(asked, { asking }, { now: asked.deadlineAt + 1 })).toBe('ask');
    const notBefore = asked.deadlineAt + 5_000;
    const taken = {
      id: 'm1',
      record: recordOf({ asking, notBefore }),
      stalledCounter: 0,
      ability: canAsk,
      now,
    };
    expect(resume({ parsed: parseSendJob(asked), ...taken })).toMatchObject({
      kind: 'wait',
      until: notBefore,
    });
  });

  it('is asked about once more where the worker died that was asking', () => {
    expect(step(asked, { asking }, { stalledCounter: 3 })).toBe('ask');
    expect(
      step({ ...asked, whenNotFound: 'resend' }, { asking }, { stalledCounter: 3, ability: cannotAsk }),
    ).toBe('ask');
  });

  it('is settled where its end was recorded meanwhile, as by a late reply', () => {
    expect(step(asked, { asking, settled: accepted })).toBe('settle');
  });

  it('was interrupted again where it had been sent again since', () => {
    expect(step(asked, { asking, sending })).toBe('crashed');
  });

  it('a piece of a divided job is asked about in its first run', () => {
    const piece = { ...asked, before: { attempts: 0, resends: 0, asking } };
    const record = { journal: '', lost: [] };
    const taken = { id: 'm1-0', record, stalledCounter: 0, ability: canAsk, now };
    expect(resume({ parsed: parseSendJob(piece), ...taken })).toMatchObject({
      kind: 'ask',
      journal: { asking },
    });
  });

  it('that can be asked about carries a mark: a lost lock proves no request', () => {
    const resentAfter: SendJob = { ...asked, whenNotFound: 'resend' };
    expect(step(resentAfter, {}, { stalledCounter: 1 })).toBe('send');
    expect(step(resentAfter, {}, { stalledCounter: 1, ability: cannotAsk })).toBe('crashed');
  });
});

describe('a job that is not one of ours', () => {
  it('is invalid, whatever its journal says', () => {
    const parsed = parseSendJob({ ...parked, v: 2 });
    const record = recordOf({ settled: accepted });
    expect(resume({ id: 'm1', parsed, record, stalledCounter: 0, ability: canAsk, now })).toMatchObject({
      kind: 'invalid',
      mayHaveBeenSent: true,
      problem: "the job's version is not 1: the producer is newer or no producer of ours",
    });
    expect(
      resume({
        id: 'm1',
        parsed,
        record: { journal: '', lost: [] },
        stalledCounter: 0,
        ability: canAsk,
        now,
      }),
    ).toMatchObject({ kind: 'invalid', mayHaveBeenSent: false });
  });
});

describe('messages whose idempotency key was used before', () => {
  const three = sendJob({
    ...parked,
    joined: true,
    to: ['905320000000', '905320000001', '905320000002'],
    text: ['a', 'b', 'c'],
    laterMs: [0, 5, 9],
  });
  const resumed = (lost: readonly number[], journal: Partial<Journal> = {}) =>
    resume({
      id: 'm1',
      parsed: parseSendJob(three),
      record: recordOf(journal, lost),
      stalledCounter: 0,
      ability: canAsk,
      now,
    });

  it('are dropped, and the others keep their ids and deadlines', () => {
    expect(resumed([1])).toMatchObject({
      kind: 'send',
      job: {
        to: ['905320000000', '905320000002'],
        text: ['a', 'c'],
        ids: ['m1.0', 'm1.2'],
        laterMs: [0, 9],
        parts: 2,
      },
    });
  });

  it('leave nothing to send where all of them were', () => {
    expect(resumed([0, 1, 2]).kind).toBe('duplicate');
    expect(resumed([-1]).kind).toBe('duplicate');
  });

  it('are not counted in a division that the journal knows', () => {
    const pieces = [0, 1].map((from) => ({ fate: 'accepted', ranges: [[from, from + 1]] }) as const);
    const settled = { end: 'split', at: now, pieces } as const;
    expect(resumed([1], { settled: settled as unknown as NonNullable<Journal['settled']> }).kind).toBe(
      'settle',
    );
    expect(resumed([], { settled: settled as unknown as NonNullable<Journal['settled']> }).kind).toBe(
      'unreadable',
    );
  });
});

describe('messages that were called off, or moved', () => {
  const two = sendJob({ ...parked, to: ['905320000000', '905320000001'], text: ['a', 'b'] });
  const resumed = (changes: object) =>
    resume({
      id: 'm1',
      parsed: parseSendJob(two),
      record: { journal: '', lost: [], ...changes },
      stalledCounter: 0,
      ability: canAsk,
      now,
    });

  it('are dropped, and the others of the job stay one job', () => {
    const { kind, job } = resumed({ cancelled: [0] }) as { readonly kind: string; readonly job: SendJob };
    expect({ kind, job }).toMatchObject({ kind: 'send', job: { to: ['905320000001'], ids: ['m1.1'] } });
    expect(job).not.toHaveProperty('joined');
  });

  it('leave nothing to send where all of them were, and no doubt about why', () => {
    expect(resumed({ cancelled: [1, 0] }).kind).toBe('cancelled');
    expect(resumed({ lost: [0], cancelled: [1] }).kind).toBe('cancelled');
    expect(resumed({ lost: [0, 1] }).kind).toBe('duplicate');
    expect(resumed({ cancelled: [-1] }).kind).toBe('unreadable');
  });

  it('wait for the time that they were moved to, whatever BullMQ thinks', () => {
    const moved = { sendAt: now + 5, deadlineAt: now + 9 };
    expect(resumed({ moved })).toMatchObject({ kind: 'wait', until: now + 5, job: moved });
    expect(resumed({ moved: { sendAt: now, deadlineAt: now + 9 } }).kind).toBe('send');
  });
});

describe('for any journal', () => {
  const journals = fc.record(
    {
      attempts: fc.nat(9),
      resends: fc.nat(3),
      stalls: fc.nat(3),
      history: fc.constant([]),
      sending: fc.constant(sending),
      notBefore: fc.integer({ min: now - 5, max: now + 5 }),
      asking: fc.constant({ since: now - 9, cause: 'crash', until: now, asked: 0 }),
      settled: fc.constant(accepted),
    },
    { requiredKeys: ['attempts', 'resends', 'stalls', 'history'] },
  );

  it('nothing is sent that has an end, a mark, a date in the future or a deadline in the past', () => {
    fc.assert(
      fc.property(journals, fc.integer({ min: -5, max: 5 }), fc.boolean(), (journal, leftMs, isParked) => {
        const job = { ...(isParked ? parked : resent), deadlineAt: now + leftMs };
        const parsed = { ok: true, job } as const;
        const { kind } = resume({
          id: 'm1',
          parsed,
          record: recordOf(journal),
          stalledCounter: 0,
          ability: canAsk,
          now,
        });
        if (kind !== 'send') return;
        expect(journal).not.toHaveProperty('settled');
        expect(journal).not.toHaveProperty('sending');
        expect(journal).not.toHaveProperty('asking');
        expect(journal.notBefore ?? 0).toBeLessThanOrEqual(now);
        expect(leftMs).toBeGreaterThan(0);
      }),
    );
  });
});
