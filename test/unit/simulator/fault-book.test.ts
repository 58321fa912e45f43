import { describe, expect, it } from 'vitest';
import { createFaultBook, type FaultFacts } from '../../../src/simulator/fault-book.ts';
import type { FaultKind, FaultMatch } from '../../../src/simulator/fault-rule.ts';
import { createRandom } from '../../../src/simulator/random.ts';

const facts: FaultFacts = {
  surface: 'xml',
  on: 'send',
  submission: {
    surface: 'xml',
    username: 'demo',
    password: 'demo',
    title: 'DEMO',
    startDate: '',
    expireDate: '',
    lengthRule: 'RejectAllPackage',
    answersPerRecipient: false,
    messages: [
      { number: '1', to: '905321234567', text: 'Merhaba' },
      { number: '2', to: '905321234568', text: 'Kodunuz 1234' },
    ],
  },
};

function makeBook(seed = 1) {
  const happened: FaultKind[] = [];
  const book = createFaultBook({ random: createRandom(seed), onFault: (kind) => happened.push(kind) });
  return { book, happened };
}

describe('the fault book', () => {
  it('lets a rule happen as often as it says, then forgets it', () => {
    const { book, happened } = makeBook();
    book.add({ kind: 'hang', times: 2 });
    expect([book.take(facts), book.take(facts), book.take(facts)].map((rule) => rule?.kind)).toEqual([
      'hang',
      'hang',
      undefined,
    ]);
    expect(happened).toEqual(['hang', 'hang']);
    expect(book.list()).toEqual([]);
  });

  it('lets the oldest rule that matches happen', () => {
    const { book } = makeBook();
    book.add({ kind: 'hang', match: { title: 'OTHER' } });
    book.add({ kind: 'cut-reply' });
    book.add({ kind: 'html-200' });
    expect(book.take(facts)?.kind).toBe('cut-reply');
  });

  it.each<[boolean, FaultMatch]>([
    [true, {}],
    [true, { to: '05321234568' }],
    [false, { to: '5329999999' }],
    [true, { title: 'DEMO', username: 'demo' }],
    [false, { username: 'other' }],
    [true, { textIncludes: 'Kodunuz' }],
    [false, { to: '5321234567', textIncludes: 'Kodunuz' }],
    [true, { surface: 'xml' }],
    [false, { surface: 'web-service' }],
    [false, { on: 'account-query' }],
  ])('says %s to %j', (expected, match) => {
    const { book } = makeBook();
    book.add({ kind: 'hang', match });
    expect(book.take(facts) !== undefined).toBe(expected);
  });

  it('lets a rule about messages pass a request that could not be read', () => {
    const { book } = makeBook();
    book.add({ kind: 'hang', match: { to: '5321234567' } });
    expect(book.take({ surface: 'xml', on: 'send' })).toBeUndefined();
  });

  it('rolls the probability the same way for the same seed', () => {
    const roll = (seed: number) => {
      const { book } = makeBook(seed);
      book.add({ kind: 'hang', probability: 0.3 });
      return Array.from({ length: 1_000 }, () => book.take(facts) !== undefined);
    };
    expect(roll(7)).toEqual(roll(7));
    expect(roll(7)).not.toEqual(roll(8));
    expect(roll(7).filter(Boolean).length).toBeGreaterThan(250);
    expect(roll(7).filter(Boolean).length).toBeLessThan(350);
  });

  it('keeps resets before the body apart from the rest', () => {
    const { book } = makeBook();
    book.add({ kind: 'reset-before-body', times: 1 });
    expect(book.take(facts)).toBeUndefined();
    expect(book.takeEarly({ surface: 'xml', on: 'send' })?.kind).toBe('reset-before-body');
  });

  it('knows an operation by its name, whatever it is for, and without one only sends', () => {
    const { book } = makeBook();
    const report: FaultFacts = { surface: 'web-service', on: 'report', operation: 'ReportSMS' };
    book.add({ kind: 'cut-reply' });
    expect(book.take(report)).toBeUndefined();
    book.add({ kind: 'hang', match: { operation: 'ReportSMS' } });
    book.add({ kind: 'empty-200', match: { on: 'report' } });
    expect(book.take(report)?.kind).toBe('hang');
    expect(book.take({ ...report, operation: 'ReportSMS_V2' })?.kind).toBe('empty-200');
    expect(book.take(facts)?.kind).toBe('cut-reply');
    book.add({ kind: 'reset-before-body', match: { operation: 'ReportSMS', on: 'send' } });
    expect(book.takeEarly(report)).toBeUndefined();
  });

  it('removes one rule, or all', () => {
    const { book } = makeBook();
    const id = book.add({ kind: 'hang' });
    book.add({ kind: 'cut-reply' });
    expect(book.remove(id)).toBe(true);
    expect(book.remove(id)).toBe(false);
    expect(book.list().map(({ rule }) => rule.kind)).toEqual(['cut-reply']);
    book.clear();
    expect(book.list()).toEqual([]);
  });
});
