import { describe, expect, it } from 'vitest';
import type { AcceptedMessage } from '../../../src/simulator/ledger.ts';
import { createReportBook } from '../../../src/simulator/report-book.ts';
import { changeReports, type ReportChange, reportDefaults } from '../../../src/simulator/report-settings.ts';

const message: AcceptedMessage = {
  to: '905321234567',
  text: 'Merhaba',
  title: 'DEMO',
  username: 'demo',
  surface: 'web-service',
  groupId: 'g1',
  at: 0,
  parts: 3,
  messageId: 'm1',
};

function makeBook(change: ReportChange = {}, limit = Number.POSITIVE_INFINITY) {
  const settings = changeReports(reportDefaults, change);
  const book = createReportBook({ seed: 1, now: () => 500, limit, settings: () => settings });
  const record = (...changes: readonly Partial<AcceptedMessage>[]) =>
    book.record(
      changes.map((change) => ({ ...message, ...change })),
      () => 0,
    );
  return { book, record };
}

describe('the messages that reports know', () => {
  it('are found by group, and by own id, in the order of their acceptance', () => {
    const { book, record } = makeBook();
    record({ to: '1' }, { to: '2', messageId: 'm2' });
    record({ to: '3', groupId: 'g2' });
    expect(book.group('g1')?.map((found) => found.message.to)).toEqual(['1', '2']);
    expect(book.byOwnId('m1').map((found) => found.message.to)).toEqual(['1', '3']);
    expect([...book.all()]).toHaveLength(3);
    expect([book.group('g3'), book.byOwnId('m3')]).toEqual([undefined, []]);
  });

  it('have one record each, or one a part where that is set; an MMS always one', () => {
    const records = (change: ReportChange, about: Partial<AcceptedMessage> = {}) => {
      const { book, record } = makeBook(change);
      record(about);
      return book.group('g1')?.[0]?.fates.length;
    };
    const media = { subject: '', contentType: 'image/gif', channel: '', bytes: 1 };
    expect([records({}), records({ perPart: true }), records({ perPart: true }, { media })]).toEqual([
      1, 3, 1,
    ]);
  });

  it('have a fate that counts from the start date', () => {
    const { book, record } = makeBook();
    record({ at: 10, startAt: 5_000 });
    expect(book.group('g1')?.[0]?.fates).toEqual([{ status: '1', at: 6_000 }]);
  });

  it('of one number in one request have fates of their own', () => {
    const { book, record } = makeBook({ delay: { minMs: 0, maxMs: 1e6 } });
    record({}, {});
    const [first, second] = book.group('g1') ?? [];
    expect(first?.fates).not.toEqual(second?.fates);
  });

  it('are forgotten by whole requests, the oldest first, where there are more than the limit', () => {
    const { book, record } = makeBook({}, 3);
    record({}, { messageId: 'm2' });
    record({ groupId: 'g2' });
    expect([...book.all()]).toHaveLength(3);
    record({ groupId: 'g3', messageId: 'm3' });
    expect([book.group('g1'), book.byOwnId('m2')]).toEqual([undefined, []]);
    expect(book.byOwnId('m1').map((found) => found.message.groupId)).toEqual(['g2']);
  });

  it('keep the newest request, however large', () => {
    const { book, record } = makeBook({}, 1);
    record({ groupId: 'g0' });
    record({}, {}, {});
    expect([...book.all()]).toHaveLength(3);
    expect(book.group('g0')).toBeUndefined();
  });

  it('are all forgotten when it is cleared', () => {
    const { book, record } = makeBook();
    record({});
    book.clear();
    expect([[...book.all()], book.group('g1'), book.byOwnId('m1')]).toEqual([[], undefined, []]);
  });
});

describe('a status that is set', () => {
  it('holds at once, for all records or for one part', () => {
    const { book, record } = makeBook({ perPart: true, shares: { never: 1 } });
    record({});
    expect(book.setStatus({ messageId: 'm1' }, { status: 3, part: 2 })).toBe(1);
    expect(book.group('g1')?.[0]?.fates[1]).toEqual({ status: '3', at: 500 });
    expect(book.group('g1')?.[0]?.fates[0]?.status).toBe('2');
    book.setStatus({ messageId: 'm1' }, { status: 1 });
    expect(book.group('g1')?.[0]?.fates.map(({ status }) => status)).toEqual(['1', '1', '1']);
  });

  it('is for the messages of an id, of a group, or of a number in it, and tells how many', () => {
    const { book, record } = makeBook();
    record({ to: '1' }, { to: '2', messageId: 'm2' });
    record({ to: '3', groupId: 'g2' });
    const counts = [
      book.setStatus({ messageId: 'm1' }, { status: 3 }),
      book.setStatus({ groupId: 'g1' }, { status: 3 }),
      book.setStatus({ groupId: 'g1', to: '2' }, { status: 3 }),
      book.setStatus({ groupId: 'g1', to: '3' }, { status: 3 }),
      book.setStatus({ messageId: 'm3' }, { status: 3 }),
      book.setStatus({ messageId: 'm1' }, { status: 3, part: 2 }),
    ];
    expect(counts).toEqual([2, 2, 1, 0, 0, 0]);
  });
});
