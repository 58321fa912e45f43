import { describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import { maxAheadDays, readTimes, resolveTimes } from '../../../src/message/times.ts';

const nowMs = Date.parse('2030-01-31T09:00:00+03:00');
const minute = 60_000;
const day = 24 * 60 * minute;
const base = { lane: 'transactional', nowMs } as const;

describe('resolveTimes', () => {
  it.each([
    ['otp', 5 * minute],
    ['transactional', day],
    ['bulk', 3 * day],
  ] as const)('gives lane %s its deadline, counted from now', (lane, deadlineMs) => {
    expect(resolveTimes({ lane, nowMs })).toEqual({ deadlineAtMs: nowMs + deadlineMs });
  });

  it.each(lanes)('counts the default deadline of lane %s from the time of sending', (lane) => {
    const sendAtMs = nowMs + 7 * day;
    const later = resolveTimes({ lane, nowMs, sendAt: sendAtMs });
    expect(later).toEqual({ sendAtMs, deadlineAtMs: resolveTimes({ lane, nowMs }).deadlineAtMs + 7 * day });
  });

  it.each([
    ['a Date', new Date(nowMs + minute)],
    ['epoch milliseconds', nowMs + minute],
    ['ISO in Istanbul', '2030-01-31T09:01:00+03:00'],
    ['ISO in UTC', '2030-01-31T06:01:00.000Z'],
    ['ISO without seconds', '2030-01-31T06:01Z'],
  ])('reads %s', (_, time) => {
    expect(resolveTimes({ ...base, sendAt: time, deadline: nowMs + 2 * minute })).toEqual({
      sendAtMs: nowMs + minute,
      deadlineAtMs: nowMs + 2 * minute,
    });
    expect(resolveTimes({ ...base, deadline: time })).toEqual({ deadlineAtMs: nowMs + minute });
  });

  it.each([
    '2030-01-31T09:01:00',
    '2030-01-31',
    '31.01.2030 09:01',
    '2030-13-31T09:01:00Z',
    'yarın',
    '',
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date('x'),
    {},
    true,
  ])('refuses %j as no clear time', (time) => {
    expect(() => resolveTimes({ ...base, sendAt: time })).toThrow(
      expect.objectContaining({ code: 'TIME_INVALID', field: 'sendAt' }),
    );
    expect(() => resolveTimes({ ...base, deadline: time })).toThrow(
      expect.objectContaining({ code: 'TIME_INVALID', field: 'deadline' }),
    );
  });

  it.each([
    [{ sendAt: { in: '2h' } }, { sendAtMs: nowMs + 120 * minute, deadlineAtMs: nowMs + 120 * minute + day }],
    [{ deadline: '5m' }, { deadlineAtMs: nowMs + 5 * minute }],
    [
      { sendAt: { in: '1h30m' }, deadline: '10m' },
      { sendAtMs: nowMs + 90 * minute, deadlineAtMs: nowMs + 100 * minute },
    ],
    [
      { sendAt: nowMs + day, deadline: '1d' },
      { sendAtMs: nowMs + day, deadlineAtMs: nowMs + 2 * day },
    ],
    [{ sendAt: { in: '0s' } }, { deadlineAtMs: nowMs + day }],
  ])(
    'counts the lengths of time of %j from now, and a deadline from the time of sending',
    (times, resolved) => {
      expect(resolveTimes({ ...base, ...times })).toEqual(resolved);
      expect(readTimes({ ...times, nowMs })).toMatchObject('deadline' in times ? resolved : {});
    },
  );

  it.each([
    [{ deadline: '5M' }, 'DURATION_INVALID'],
    [{ deadline: '1,5h' }, 'DURATION_INVALID'],
    [{ deadline: '30m1h' }, 'DURATION_INVALID'],
    [{ deadline: '5 m' }, 'DURATION_INVALID'],
    [{ deadline: '2 saat' }, 'DURATION_INVALID'],
    [{ deadline: '-5m' }, 'DURATION_INVALID'],
    [{ deadline: '300000' }, 'TIME_INVALID'],
    [{ deadline: { in: '5m' } }, 'TIME_INVALID'],
    [{ sendAt: { in: 5 } }, 'DURATION_INVALID'],
    [{ sendAt: { in: '' } }, 'DURATION_INVALID'],
    [{ sendAt: '2h' }, 'TIME_INVALID'],
    [{ sendAt: { in: '366d' } }, 'SCHEDULE_TOO_FAR'],
    [{ deadline: '366d' }, 'DEADLINE_TOO_FAR'],
    [{ deadline: '0m' }, 'DEADLINE_PAST'],
  ])('refuses %j, which could mean another time, as %s', (times, code) => {
    expect(() => resolveTimes({ ...base, ...times })).toThrow(expect.objectContaining({ code }));
  });

  it('takes a time of sending that has just passed as now: the caller may have a clock that is a little slow', () => {
    expect(resolveTimes({ ...base, sendAt: nowMs }).sendAtMs).toBeUndefined();
    expect(resolveTimes({ ...base, sendAt: nowMs - 29_999 }).sendAtMs).toBeUndefined();
  });

  it.each([
    [{ sendAt: nowMs - 30_000 }, 'SCHEDULE_PAST', 'sendAt', { seconds: 30 }],
    [{ sendAt: '2029-01-31T09:00:00Z' }, 'SCHEDULE_PAST', 'sendAt', { seconds: 31_525_200 }],
    [{ deadline: nowMs }, 'DEADLINE_PAST', 'deadline', { seconds: 0 }],
    [{ deadline: new Date(nowMs - minute) }, 'DEADLINE_PAST', 'deadline', { seconds: 60 }],
    [{ sendAt: nowMs + maxAheadDays * day + 1 }, 'SCHEDULE_TOO_FAR', 'sendAt', { maximumDays: maxAheadDays }],
    [
      { deadline: nowMs + maxAheadDays * day + 1 },
      'DEADLINE_TOO_FAR',
      'deadline',
      { maximumDays: maxAheadDays },
    ],
    [{ sendAt: nowMs + day, deadline: nowMs + day }, 'SCHEDULE_AFTER_DEADLINE', 'sendAt', {}],
    [{ sendAt: nowMs + 2 * day, deadline: nowMs + day }, 'SCHEDULE_AFTER_DEADLINE', 'sendAt', {}],
  ])('refuses %j as %s', (times, code, field, details) => {
    expect(() => resolveTimes({ ...base, ...times })).toThrow(
      expect.objectContaining({ code, field, details }),
    );
  });

  it('allows a year of scheduling, and a year of deadline from there', () => {
    const year = maxAheadDays * day;
    expect(resolveTimes({ ...base, sendAt: nowMs + year, deadline: nowMs + 2 * year })).toEqual({
      sendAtMs: nowMs + year,
      deadlineAtMs: nowMs + 2 * year,
    });
  });
});
