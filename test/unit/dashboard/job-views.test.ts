import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deadLetterData,
  deadLetterName,
  journalView,
  returnView,
  sendJobData,
  sendJobName,
} from '../../../src/dashboard/job-views.ts';
import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import { deadReasons, type HistoryEntry, type Journal } from '../../../src/queue/journal.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { sendJob } from '../../support/send-job.ts';

const now = Date.UTC(2026, 10, 22, 13);
const job = (change: Partial<SendJob> = {}): SendJob => sendJob({ enqueuedAt: now, ...change });
const tried = (change: Partial<HistoryEntry>): HistoryEntry => ({
  n: 1,
  at: now,
  outcome: 'refused',
  code: '12',
  verdict: 'retry',
  ...change,
});
const journal = (change: Partial<Journal> = {}): Journal => ({
  attempts: 0,
  resends: 0,
  stalls: 0,
  history: [],
  ...change,
});
const letter = (change: Partial<DeadLetter> = {}): DeadLetter => ({
  v: 1,
  job: job(),
  reason: 'terminal',
  code: '12',
  history: [tried({ verdict: 'dead-letter' })],
  enqueuedAt: now,
  diedAt: now + 1_000,
  ...change,
});

describe('the name of a job', () => {
  it.each<[Partial<Journal>, string]>([
    [{}, 'not tried yet'],
    [{ sending: { at: now, worker: 'web-1' } }, 'being sent since 2026-11-22T13:00:00Z by web-1'],
    [{ history: [tried({})] }, 'refused 12: sender title wrong or not approved'],
    [
      { history: [tried({ outcome: 'unsent', code: 'dns' })] },
      'unsent: the endpoint has no address; nothing was taken',
    ],
    [
      { history: [tried({ outcome: 'uncertain', code: 'reply-timeout' })] },
      'uncertain: no reply came in time; may have arrived',
    ],
    [
      { asking: { since: now, cause: 'reply-timeout', until: now, asked: 3 } },
      'uncertain: no reply came in time; may have arrived; JetSMS is asked until 2026-11-22T13:00:00Z, 3 times so far',
    ],
    [{ settled: { end: 'accepted', groupId: '1302', at: now } }, 'accepted 00'],
    [{ settled: { end: 'accepted', groupId: '1302', at: now, late: true } }, 'accepted 00, by a late reply'],
    [
      { settled: { end: 'dead', reason: 'terminal', code: '12', at: now } },
      'dead letter: terminal 12: sender title wrong or not approved',
    ],
    [{ settled: { end: 'dead', reason: 'expired', at: now } }, 'dead letter: expired: its deadline passed'],
  ])('tells where the message stands: %#', (change, standing) => {
    const name = sendJobName({ data: job({ lane: 'otp', parts: 2 }), progress: journal(change) });
    expect(name).toBe(`otp, 1 message, 2 parts: ${standing}`);
  });

  it('says of a dead letter why it died and how certain that is', () => {
    expect(deadLetterName({ data: letter({ reason: 'uncertain', code: 'reply-timeout' }) })).toBe(
      'uncertain reply-timeout: it may have arrived: no reply came in time (transactional, 1 message, 1 part)',
    );
  });
});

describe('the data of a job', () => {
  it('masks the first recipients and counts the rest', () => {
    const to = [
      '905321234567',
      '905321234568',
      '905321234569',
      '905321234560',
      '905321234561',
      '905321234562',
    ];
    expect(sendJobData(job({ to, parts: 6 }))).toMatchObject({
      recipients: '+90*****67, +90*****68, +90*****69, +90*****60, +90*****61 and 1 more',
      messages: 6,
      textHidden: '7 characters',
    });
  });

  it('tells nothing of what is no send job of ours but what is wrong with it', () => {
    expect(sendJobData({ v: 1, to: '905321234567' })).toEqual({
      notShown: 'this is no job of ours, or one of a newer version',
      problem: 'field account is missing or not valid',
    });
  });

  it("shows of JetSMS's words only those that the code list has", () => {
    expect(deadLetterData(letter({ reason: 'terminal', code: '10', text: 'wrong user' }))).toMatchObject({
      providerWords: 'wrong user',
    });

    const own = job({ text: 'Kodunuz 482913 kimseye vermeyin' });
    const dead = letter({
      job: own,
      reason: 'unknown-code',
      code: '871',
      text: 'gonderilemedi: kodunuz 4829',
    });
    expect(deadLetterData(dead)['providerWords']).toBe('…');
  });
});

describe('an acceptance', () => {
  it.each([
    [{}, {}],
    [{ groupId: '130228114512' }, { groupId: '130228114512' }],
    [{ groupId: 'Ali' }, { groupId: '?' }],
  ])('shows the group id where there is one: %j', (stored, shown) => {
    expect(returnView({ end: 'accepted', ...stored })).toEqual({ end: 'accepted', ...shown });
    const settled = { end: 'accepted', at: now, ...stored };
    expect(journalView({ ...journal({}), settled })).toEqual({ now: 'accepted 00', history: [], ...shown });
  });
});

describe('the progress of a job', () => {
  it('lists the attempts and the next try', () => {
    const entry = tried({ outcome: 'unsent', code: 'tls', durationMs: 84, worker: 'web-1' });
    expect(journalView(journal({ attempts: 1, notBefore: now + 60_000, history: [entry] }))).toEqual({
      now: 'unsent: no secure connection came about; nothing was taken',
      attempts: 1,
      nextTryNotBefore: '2026-11-22T13:01:00Z',
      history: [
        '1. 2026-11-22T13:00:00Z unsent: no secure connection came about; nothing was taken → retry in 84 ms by web-1',
      ],
    });
  });

  it('shows the group id of an accepted message', () => {
    const progress = journal({ settled: { end: 'accepted', groupId: '130228114512', at: now } });
    expect(journalView(progress)).toMatchObject({ groupId: '130228114512' });
    expect(returnView({ end: 'accepted', groupId: '130228114512', to: '905321234567' })).toEqual({
      end: 'accepted',
      groupId: '130228114512',
    });
  });
});

/** Words that occur in nothing of ours, so that finding one means that it got through. */
const word = fc.stringMatching(/^[qwx]{4,9}$/);
const text = fc.array(word, { minLength: 2, maxLength: 6 }).map((some) => some.join(' '));
const number = fc.integer({ min: 0, max: 99_999_999 }).map((rest) => `9053${String(rest).padStart(8, '0')}`);
const secretJob = fc
  .record({ to: fc.array(number, { minLength: 1, maxLength: 8 }), text, subject: text })
  .map(({ to, text: own, subject }) =>
    job({ to, text: own, media: { hash: 'a'.repeat(64), contentType: 'image/gif', subject, bytes: 9 } }),
  );
const quote = (of: SendJob) => `hata ${String(of.text)} ${of.media?.subject} ${of.to.join(',')}`;

describe('no view', () => {
  it('holds a number or a text of its job, whoever quotes them', () => {
    fc.assert(
      fc.property(secretJob, fc.constantFrom(...deadReasons), (own, reason) => {
        const death = { reason, code: '871', text: quote(own), at: now };
        const settled = journal({
          settled: { end: 'dead', ...death },
          history: [tried({ code: quote(own), worker: quote(own) })],
        });
        const dead = letter({ job: own, ...death, history: settled.history });
        const shown = JSON.stringify([
          [sendJobData(own), sendJobName({ data: own, progress: settled }), journalView(settled)],
          [deadLetterData(dead), deadLetterName({ data: dead })],
          [returnView({ end: quote(own), groupId: quote(own) })],
        ]);
        for (const secret of [...own.to, ...String(own.text).split(' '), String(own.media?.subject)]) {
          expect(shown).not.toContain(secret);
        }
      }),
    );
  });

  it('fails, or shows anything, for what is none of ours', () => {
    const views = [sendJobData, deadLetterData, journalView, returnView];
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), word, (value, secret) => {
        for (const foreign of [
          value,
          { note: secret, value },
          { history: [value, secret], settled: value, sending: secret },
          {
            history: [
              { outcome: secret, code: secret },
              { outcome: 'refused', code: secret },
            ],
          },
          { history: [], settled: { end: 'dead', reason: secret, code: secret } },
          { history: [], settled: { end: 'dead', reason: 'terminal', code: secret, text: secret } },
          { history: [], settled: { end: secret } },
        ]) {
          const shown = [
            ...views.map((view) => view(foreign)),
            sendJobName({ data: foreign, progress: foreign }),
          ];
          expect(JSON.stringify([...shown, deadLetterName({ data: foreign })])).not.toContain(secret);
        }
      }),
    );
  });
});

describe('whatever lies in Redis', () => {
  const anything = fc.oneof(fc.anything(), fc.jsonValue(), fc.constantFrom(letter(), journal(), job()));

  it('has a view, and no view throws', () => {
    fc.assert(
      fc.property(anything, anything, (data, progress) => {
        expect(sendJobData(data)).toEqual(expect.any(Object));
        expect(sendJobName({ data, progress })).toMatch(/./);
        expect(journalView(progress)).toHaveProperty('now');
        expect(deadLetterData(data)).toHaveProperty('meaning');
        expect(deadLetterName({ data })).toMatch(/./);
        expect(typeof returnView(data)).toBe('object');
      }),
      { numRuns: 500 },
    );
  });

  it('says which field of a journal or a letter cannot be read', () => {
    const progress = { ...journal(), history: [null] };
    expect(journalView(progress)).toEqual({
      now: 'a journal that cannot be read',
      problem: 'field history of the journal is missing or not valid',
    });
    expect(sendJobName({ data: job(), progress })).toBe(
      'transactional, 1 message, 1 part: a journal that cannot be read',
    );
    expect(deadLetterName({ data: { ...letter(), code: {} } })).toBe(
      'invalid: what lies here is no dead letter of this product: field code is missing or not valid (1 message)',
    );
  });

  it('says of a job without a request why it had none', () => {
    const named = (end: string) => sendJobName({ data: job(), progress: {}, returnvalue: { end } });
    expect(named('cancelled')).toBe('transactional, 1 message, 1 part: called off');
    expect(named('duplicate')).toMatch(/not sent, its idempotency key had been used before$/);
    expect(named('accepted')).toMatch(/not tried yet$/);
  });

  it.each(['constructor', '__proto__', 'toString'])('does not show a code that nobody knows: %s', (code) => {
    expect(sendJobName({ data: job(), progress: journal({ history: [tried({ code })] }) })).toBe(
      'transactional, 1 message, 1 part: refused ?: ?',
    );
    expect(deadLetterName({ data: letter({ code }) })).toBe(
      'terminal ?: ? (transactional, 1 message, 1 part)',
    );
  });
});
