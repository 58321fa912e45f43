import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EndedNotes, endedText } from '../../../../src/queue/ended-state.ts';
import { parseEventEntry } from '../../../../src/queue/event-entry.ts';
import { parseWaiting, type WaitingReport, waitingText } from '../../../../src/queue/waiting-report.ts';
import { learnedOf, writeOf } from '../../../../src/worker/reports/learned.ts';
import type { FinalReport, MessageState } from '../../../../src/worker/reports/message-states.ts';

const hour = 3_600_000;
const times = { reportFirstMs: 30_000, reportIntervalMs: 3 * hour, reportForMs: 72 * hour };
const moment = { now: 60_000, random: 0.5 };
const delivered: FinalReport = { state: 'delivered', status: '1', deliveredAt: 50_000 };
const failed: FinalReport = { state: 'failed', status: '3' };
const expired: FinalReport = { state: 'expired', status: '4' };

const waiting = (change: Partial<WaitingReport> = {}): WaitingReport => ({
  job: 'm1',
  kind: 'accepted',
  lane: 'bulk',
  endedAt: 0,
  n: 4,
  resends: 0,
  ...change,
});

const endOf = (notes: EndedNotes): string =>
  endedText({
    end: 'accepted',
    at: 0,
    lane: 'bulk',
    enqueuedAt: 0,
    n: 4,
    parts: 4,
    attempts: 1,
    notes,
    reports: [],
  });

function written(job: WaitingReport, states: readonly (MessageState | undefined)[], endText?: string) {
  const learned = learnedOf(job, { states }, times, moment.now);
  return writeOf({ member: waitingText(job), waiting: job, learned, endText }, times, moment);
}

describe('what is new of a job', () => {
  it('is what has become final since, and nothing that was final before', () => {
    const learned = learnedOf(
      waiting({ done: [0] }),
      { states: [failed, delivered, 'pending', undefined] },
      times,
      0,
    );
    expect([...learned]).toEqual([[1, delivered]]);
  });

  it('is unconfirmed for whatever is pending when asking ends, but not for want of an answer', () => {
    const states = ['pending', delivered, undefined, 'pending'] as const;
    expect(
      [...learnedOf(waiting(), { states }, times, 72 * hour)].map(([n, { state }]) => [n, state]),
    ).toEqual([
      [0, 'unconfirmed'],
      [1, 'delivered'],
      [3, 'unconfirmed'],
    ]);
    expect(learnedOf(waiting(), { states: [] }, times, 95 * hour).size).toBe(0);
    expect(learnedOf(waiting(), { states: [] }, times, 96 * hour).size).toBe(4);
  });
});

describe('what is written of it', () => {
  it('waits on with what is final, until everything is', () => {
    const first = written(waiting(), [delivered, 'pending', failed, 'pending']);
    expect(first.next).toMatchObject({ dueAt: 120_000 });
    const left = parseWaiting(first.next?.member ?? '');
    expect(left?.done).toEqual([0, 2]);
    expect(left && written(left, [undefined, expired, undefined, delivered]).next).toBeUndefined();
  });

  it('of nothing is the same member, later', () => {
    const same = written(waiting(), ['pending', 'pending', 'pending', undefined]);
    expect(same).toMatchObject({ events: [], next: { member: same.member, dueAt: 120_000 } });
    expect(same.reports.size).toBe(0);
  });

  it('keeps when a message was delivered, else when that was learned, and JetSMS’s status', () => {
    const { reports } = written(waiting(), [delivered, failed]);
    expect([...reports.values()]).toEqual([
      { state: 'delivered', at: 50_000, status: '1' },
      { state: 'failed', at: 60_000, status: '3' },
    ]);
  });

  it('tells of the messages that came to the same in one event, with what belongs to each of them', () => {
    const notes: EndedNotes = {
      keys: ['a', null, 'c', 'd'],
      meta: [{ n: 0 }, null, { n: 2 }, { n: 3 }],
      campaign: 'spring',
      rootId: 'm0',
      to: ['1', '2', '3', '4'],
      text: ['eins', 'zwei', 'drei', 'vier'],
    };
    const { events } = written(waiting(), [delivered, failed, delivered, expired], endOf(notes));
    expect(events).toEqual([
      {
        type: 'message.delivered',
        at: 60_000,
        job: 'm1',
        n: 2,
        lane: 'bulk',
        ids: ['m1.0', 'm1.2'],
        keys: ['a', 'c'],
        meta: [{ n: 0 }, { n: 2 }],
        campaign: 'spring',
        rootId: 'm0',
        to: ['1', '3'],
        text: ['eins', 'drei'],
        code: '1',
      },
      expect.objectContaining({ type: 'message.failed', code: '3', ids: ['m1.1'], keys: [null], n: 1 }),
      expect.objectContaining({ type: 'message.failed', code: '4', ids: ['m1.3'], keys: ['d'], n: 1 }),
    ]);
  });

  it('tells no more than ids where nothing is kept of the end, or something else', () => {
    const piece = waiting({ job: 'm1.p0', n: 2, ids: ['m1.4', 'm1.9'] });
    for (const endText of [undefined, 'nobody wrote this'])
      expect(written(piece, [delivered, 'pending'], endText).events).toEqual([
        { type: 'message.delivered', at: 60_000, job: 'm1.p0', n: 1, lane: 'bulk', ids: ['m1.4'], code: '1' },
      ]);
  });

  it('is each time an event that can be read, and tells each message once whatever comes when', () => {
    const anyState = fc.constantFrom<MessageState | undefined>(
      delivered,
      failed,
      expired,
      'pending',
      undefined,
    );
    const answers = fc.array(fc.array(anyState, { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(answers, (rounds) => {
        let job: WaitingReport | undefined = waiting();
        const told: string[] = [];
        for (const states of [...rounds, [delivered, delivered, delivered, delivered]]) {
          if (!job) break;
          const { events, next } = written(job, states, endOf({ keys: ['a', 'b', 'c', 'd'] }));
          for (const event of events) {
            expect(parseEventEntry(JSON.stringify(event))).toEqual(event);
            told.push(...(event.ids ?? [0, 1, 2, 3].map((index) => `m1.${index}`)));
          }
          job = next && parseWaiting(next.member);
        }
        expect(job).toBeUndefined();
        expect(told.toSorted()).toEqual(['m1.0', 'm1.1', 'm1.2', 'm1.3']);
      }),
    );
  });
});
