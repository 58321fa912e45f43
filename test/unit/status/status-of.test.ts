import { describe, expect, it } from 'vitest';
import type { Ended, Reported } from '../../../src/queue/ended-state.ts';
import { emptyRecord } from '../../../src/queue/job-record.ts';
import { emptyJournal, type Journal } from '../../../src/queue/journal.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { mayBeTaken } from '../../../src/status/cancel.ts';
import type { EndedPlace, OpenPlace, Place } from '../../../src/status/place.ts';
import type { Sight } from '../../../src/status/sight.ts';
import { stateOfOpen, statusOf } from '../../../src/status/status-of.ts';
import { sendJob } from '../../support/send-job.ts';

const now = Date.UTC(2026, 10, 28, 12);
const sight: Sight = {
  id: 'm1',
  lane: 'transactional',
  isThere: true,
  isFinished: false,
  record: emptyRecord,
  isBegun: false,
  ended: undefined,
  replayedAs: undefined,
};
const way = { messageId: 'm1', origins: [], mayHaveArrived: false };
const asking = { since: now, cause: 'reply-timeout', until: now, asked: 0 };

const open = (change: Partial<OpenPlace> = {}): OpenPlace => ({
  kind: 'open',
  ...way,
  sight,
  job: sendJob({ enqueuedAt: now }),
  journal: emptyJournal,
  index: 0,
  ...change,
});

const ended = (change: Partial<Ended> = {}, index: number | undefined = 0): EndedPlace => ({
  kind: 'ended',
  ...way,
  sight,
  index,
  ended: {
    end: 'accepted',
    at: now,
    lane: 'bulk',
    enqueuedAt: now - 5_000,
    n: 1,
    parts: 1,
    attempts: 1,
    notes: {},
    reports: [],
    ...change,
  },
});

const statusAt = (place: Place) => statusOf('m1', place, 'acme', now);

describe('the state of a message that has not ended', () => {
  const refused = { n: 1, at: now, outcome: 'refused', code: '90', verdict: 'retry' } as const;
  it.each<[string, string, Partial<SendJob>, Partial<Journal>, boolean]>([
    ['waiting', 'nothing is known of it', {}, {}, false],
    ['scheduled', 'its time has not come', { sendAt: now + 1 }, {}, false],
    ['waiting', 'its time has come', { sendAt: now }, {}, false],
    ['waiting', 'it was tried before its time was over', { sendAt: now + 1 }, { history: [refused] }, false],
    ['sending', 'a request has begun', {}, {}, true],
    ['sending', 'a mark stands', {}, { sending: { at: now, worker: 'w1' } }, false],
    ['asking', 'JetSMS is asked', {}, { asking } as Partial<Journal>, false],
    [
      'asking',
      'JetSMS is asked since before its job was divided',
      { before: { attempts: 1, resends: 0, asking } } as Partial<SendJob>,
      {},
      false,
    ],
  ])('is %s where %s', (state, _, job, journal, isBegun) => {
    const found = { job: sendJob(job), journal: { ...emptyJournal, ...journal }, isBegun, now };
    expect(stateOfOpen(found)).toBe(state);
  });

  it('says what the latest attempt came to, and when', () => {
    const history = [{ ...refused, at: now + 7 }];
    expect(statusAt(open({ journal: { ...emptyJournal, history } }))).toMatchObject({
      ...{ state: 'waiting', at: now + 7, attempts: 1, code: '90', meaning: expect.stringMatching(/\w/) },
    });
  });

  it('is that of all, without a number, where the id stands for several messages', () => {
    const job = sendJob({ to: ['905321234567', '905321234568'], parts: 2 });
    const status = statusAt(open({ job, index: undefined }));
    expect(status).toMatchObject({ messages: 2, parts: 2 });
    expect(status).not.toHaveProperty('to');
  });
});

describe('the state of a message that has ended', () => {
  it.each([
    ['delivered', { state: 'delivered', at: 7 }, { at: 7, deliveredAt: 7 }],
    ['failed', { state: 'failed', at: 7, status: '4' }, { code: '4', meaning: /not be delivered/ }],
    ['failed', { state: 'expired', at: 7, status: '3' }, { code: '3', meaning: /in time/ }],
    ['unconfirmed', { state: 'unconfirmed', at: 7 }, { meaning: /did not say/ }],
  ] as const)(
    'is %s by its report',
    (state, report, { meaning, ...more }: Record<string, unknown> & { meaning?: RegExp }) => {
      const status = statusAt(ended({ reports: [report as Reported] }));
      expect(status).toMatchObject({ state, ...more });
      if (meaning) expect(status.meaning).toMatch(meaning);
    },
  );

  it('is accepted while nothing is reported of it, whatever is of the others', () => {
    const reports: Reported[] = [{ state: 'delivered', at: 7 }];
    expect(statusAt(ended({ n: 2, parts: 2, reports }, 1))).toMatchObject({ state: 'accepted', parts: 1 });
  });

  it('is the worst of several where the id stands for all, once all are reported', () => {
    const delivered: Reported = { state: 'delivered', at: 7 };
    const failed: Reported = { state: 'failed', at: 9, status: '4' };
    const all = (...reports: readonly (Reported | undefined)[]) => ({
      ...ended({ n: 2, reports }),
      index: undefined,
    });
    expect(statusAt(all(delivered, undefined))).toMatchObject({ state: 'accepted', messages: 2 });
    expect(statusAt(all(delivered, delivered))).toMatchObject({ state: 'delivered' });
    expect(statusAt(all(delivered, failed))).toMatchObject({ state: 'failed', code: '4' });
  });

  it('is dead with its reason in words', () => {
    const notes = { reason: 'uncertain', mayHaveArrived: true } as const;
    expect(statusAt(ended({ end: 'dead', code: 'reply-timeout', notes }))).toMatchObject({
      state: 'dead',
      reason: 'uncertain',
      code: 'reply-timeout',
      mayHaveArrived: true,
      meaning: 'it may have arrived: no reply came in time',
    });
  });

  it('is the least far of the pieces of a job that went different ways', () => {
    const parts = [ended(), open(), ended({ end: 'dead', notes: { reason: 'expired' } })];
    expect(statusAt({ kind: 'divided', parts })).toMatchObject({ state: 'waiting', messages: 3 });
    expect(statusAt({ kind: 'divided', parts: [] })).toEqual({ id: 'm1', state: 'unknown' });
  });
});

describe('whether a message may have been taken', () => {
  const entry = { n: 1, at: now, code: 'x', verdict: 'retry' } as const;
  it.each<[boolean, Partial<Journal>, Pick<SendJob, 'before'>]>([
    [false, {}, {}],
    [false, { attempts: 2, history: [{ ...entry, outcome: 'refused' }] }, {}],
    [false, { attempts: 2, history: [{ ...entry, outcome: 'unsent' }] }, {}],
    [false, {}, { before: { attempts: 3, resends: 0 } }],
    [true, { history: [{ ...entry, outcome: 'uncertain' }] }, {}],
    [true, { resends: 1 }, {}],
    [true, { sending: { at: now, worker: 'w1' } }, {}],
    [true, { settled: { end: 'accepted', at: now } }, {}],
    [true, { asking } as Partial<Journal>, {}],
    [true, {}, { before: { attempts: 3, resends: 1 } }],
  ])('is %s with %j and %j', (isSo, journal, before) => {
    expect(mayBeTaken({ ...emptyJournal, ...journal }, before)).toBe(isSo);
  });
});
