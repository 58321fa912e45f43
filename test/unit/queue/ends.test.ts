import { describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import { parseEnded } from '../../../src/queue/ended-state.ts';
import { type EndedJob, type EndRules, type EndWrite, endOfUnread, endsOf } from '../../../src/queue/ends.ts';
import { parseEventEntry } from '../../../src/queue/event-entry.ts';
import { emptyJournal, type Piece, type Settled } from '../../../src/queue/journal.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { parseWaiting } from '../../../src/queue/waiting-report.ts';
import { sendJob } from '../../support/send-job.ts';

const at = Date.UTC(2026, 10, 28, 12);
const rules: EndRules = {
  prefix: '{jetsms}',
  account: 'acme',
  keepStatusMs: 604_800_000,
  shownInEvents: { number: false, text: false },
  reportLanes: lanes,
  reportFirstMs: 30_000,
  asksByIds: true,
};
const three = ['905321234567', '905321234568', '905321234569'];
const accepted: Settled = { end: 'accepted', at, groupId: '260520174835022091' };
const uncertain: Settled = {
  end: 'dead',
  at,
  reason: 'uncertain',
  code: 'reply-timeout',
  mayHaveArrived: true,
};

const ended = (job: SendJob, settled: Settled, more: Partial<EndedJob> = {}): EndedJob => ({
  id: 'm1',
  job,
  journal: { ...emptyJournal, settled },
  ...more,
});

interface Told {
  readonly id: string;
  readonly ended: ReturnType<typeof parseEnded>;
  readonly event: ReturnType<typeof parseEventEntry>;
  readonly waiting: ReturnType<typeof parseWaiting>;
}

const read = ({ id, text, event, waiting }: EndWrite): Told => ({
  id,
  ended: parseEnded(text),
  event: parseEventEntry(event),
  waiting: parseWaiting(waiting),
});

const told = (job: EndedJob, change: Partial<EndRules> = {}): readonly Told[] =>
  endsOf(job, { ...rules, ...change }, 'secret').map(read);

describe('the end of a job', () => {
  it('that goes on is none', () => {
    expect(endsOf({ id: 'm1', job: sendJob(), journal: emptyJournal }, rules, undefined)).toEqual([]);
  });

  it('that was accepted is kept, told, and asked about by ids of ours', () => {
    const job = sendJob({ keys: ['order 17'], meta: [{ order: 17 }], enqueuedAt: at - 1_000 });
    const [one, ...others] = told(ended(job, accepted));
    expect(others).toEqual([]);
    const groupId = '260520174835022091';
    const notes = { keys: ['order 17'], meta: [{ order: 17 }] };
    expect(one?.ended).toMatchObject({ end: 'accepted', at, enqueuedAt: at - 1_000, groupId, n: 1, notes });
    expect(one?.event).toEqual({
      type: 'message.accepted',
      at,
      job: 'm1',
      n: 1,
      lane: 'transactional',
      groupId,
      ...notes,
    });
    expect(one?.waiting).toMatchObject({ job: 'm1', kind: 'accepted', endedAt: at, n: 1, groupId });
    expect(one?.waiting).not.toHaveProperty('marks');
  });

  it('shows a number in nothing but its mask, and no text, unless a setting says so', () => {
    const job = sendJob({ to: ['905321234567'], text: 'Kodunuz 481516' });
    for (const asksByIds of [true, false]) {
      const writes = endsOf(ended(job, accepted), { ...rules, asksByIds }, 'secret');
      expect(JSON.stringify(writes)).not.toMatch(/1234567|481516/);
    }
    const shownInEvents = { number: true, text: true };
    const [one] = told(ended(job, accepted), { shownInEvents });
    expect(one?.event).toMatchObject({ to: ['905321234567'], text: 'Kodunuz 481516' });
  });

  it('where JetSMS answers by numbers is asked about by marks of them, and only where it gave a group id', () => {
    const job = sendJob({ to: three });
    const [one] = told(ended(job, accepted), { asksByIds: false });
    expect(new Set(one?.waiting?.marks).size).toBe(3);
    const [without] = told(ended(job, { end: 'accepted', at }), { asksByIds: false });
    expect(without).toMatchObject({ waiting: undefined, event: { type: 'message.accepted' } });
  });

  it('of an MMS is asked about by marks, since JetSMS has no ids of ours of it', () => {
    const media = { hash: 'a'.repeat(64), contentType: 'image/png', subject: '', bytes: 10 };
    const [one] = told(ended(sendJob({ media }), accepted));
    expect(one?.waiting?.marks).toHaveLength(1);
    expect(told(ended(sendJob({ media }), uncertain))[0]?.waiting).toBeUndefined();
  });

  it('of some messages of another job is asked about by their own ids', () => {
    const [one] = told(ended(sendJob({ to: three, ids: ['m0.4', 'm0.5', 'm0.9'] }), accepted));
    expect(one?.waiting?.ids).toEqual(['m0.4', 'm0.5', 'm0.9']);
  });

  it('is asked about in the lanes that the settings name', () => {
    const [one] = told(ended(sendJob({ lane: 'bulk' }), accepted), { reportLanes: ['otp', 'transactional'] });
    expect(one?.waiting).toBeUndefined();
  });

  it('is kept nowhere where nothing is to be kept', () => {
    const [one] = endsOf(ended(sendJob(), accepted), { ...rules, keepStatusMs: 0 }, undefined);
    expect(one).toMatchObject({ key: '', text: '' });
  });

  it.each([
    ['terminal', 'message.dead', 'dead', false],
    ['expired', 'message.dead', 'dead', false],
    ['invalid', 'message.dead', 'dead', false],
    ['cancelled', 'message.cancelled', 'cancelled', false],
    ['uncertain', 'message.uncertain', 'dead', true],
  ] as const)('as a dead letter of reason %s is told as %s', (reason, type, end, isAsked) => {
    const [one] = told(ended(sendJob(), { end: 'dead', at, reason }));
    expect(one).toMatchObject({ event: { type, reason }, ended: { end, notes: { reason } } });
    expect(one?.waiting?.kind).toBe(isAsked ? 'uncertain' : undefined);
  });
});

describe('the end of a job whose messages went different ways', () => {
  const pieces: readonly Piece[] = [
    { fate: 'accepted', ranges: [[0, 1]], groupId: '17' },
    { fate: 'dead', ranges: [[1, 2]], facts: { reason: 'terminal', code: '85' } },
    { fate: 'again', ranges: [[2, 3]], attempts: 1, resends: 0, delayMs: 0 },
  ];
  const split: Settled = { end: 'split', at, pieces };

  it('is one for each joined send that has ended, under its own id', () => {
    const job = sendJob({ to: three, joined: true, keys: ['a', 'b', 'c'] });
    expect(told(ended(job, split))).toMatchObject([
      {
        id: 'm1.0',
        ended: { end: 'accepted' },
        event: { type: 'message.accepted', job: 'm1.0', keys: ['a'] },
      },
      { id: 'm1.1', ended: { end: 'dead', code: '85' }, event: { type: 'message.dead', keys: ['b'] } },
    ]);
  });

  it('says of a campaign where each message went, and names them by the ids that they had', () => {
    const job = sendJob({ to: three, campaign: 'sale' });
    const [whole, ...rest] = told(ended(job, split));
    expect(whole).toMatchObject({ id: 'm1', event: undefined, waiting: undefined });
    expect(whole?.ended).toMatchObject({ end: 'split', notes: { pieces: [[[0, 1]], [[1, 2]], [[2, 3]]] } });
    expect(rest).toMatchObject([
      { id: 'm1.p0', event: { ids: ['m1.0'], campaign: 'sale' } },
      { id: 'm1.p1', event: { ids: ['m1.1'] }, ended: { notes: { ids: ['m1.1'] } } },
    ]);
  });

  it('is told anew of those alone that a late reply shows as accepted after all', () => {
    const job = sendJob({ to: three, joined: true });
    const late: Settled = { end: 'accepted', at: at + 5, groupId: '18', late: true };
    const before = { ...split, pieces: pieces.with(2, { fate: 'dead', ranges: [[2, 3]], facts: uncertain }) };
    expect(told(ended(job, late, { before }))).toMatchObject([
      { id: 'm1.1', event: { type: 'message.accepted', late: true } },
      { id: 'm1.2', event: { type: 'message.accepted', late: true }, ended: { end: 'accepted' } },
    ]);
  });
});

it('the end of a job that could not be read is told as that of one message', () => {
  expect(read(endOfUnread('x', 'otp', at, rules))).toMatchObject({
    ended: { end: 'dead', notes: { reason: 'invalid' } },
    event: { type: 'message.dead', job: 'x', n: 1, reason: 'invalid' },
    waiting: undefined,
  });
});
