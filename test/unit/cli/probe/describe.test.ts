import { describe, expect, it } from 'vitest';
import { describeAnswer, describeAttempt, describeCost } from '../../../../src/cli/probe/describe.ts';
import { reportRow } from '../../../../src/jetsms/report-row.ts';
import { refusedBy } from '../../../support/outcomes.ts';

const at = Date.UTC(2026, 4, 20, 14, 45, 20);
const sent = { to: '905321234567', id: 'm1', text: 'Merhaba', at };
const attempt = (outcome: Parameters<typeof describeAttempt>[0]['outcome']) =>
  describeAttempt({ outcome, durationMs: 1 }, at);

describe('a probe says of the message', () => {
  it.each([
    ['2605201745161787848', 'accepted, group id of 19 digits, which begins with the time in Istanbul'],
    ['260520174516', 'accepted, group id of 12 digits, which begins with the time in Istanbul'],
    // The same moment in UTC.
    [
      '2605201445161787848',
      'accepted, group id of 19 digits, which does not begin with the time in Istanbul',
    ],
    ['123456789', 'accepted, group id of 9 digits, which does not begin with the time in Istanbul'],
  ])('with group id %s: %s', (groupId, words) => {
    expect(attempt({ kind: 'accepted', groupId })).toBe(words);
  });

  it('how it was refused, not sent, or not answered', () => {
    expect(attempt({ kind: 'accepted' })).toBe('accepted, without a group id that could be read');
    expect(attempt(refusedBy('12', 'wrong title'))).toMatch(/^refused with 12 \(.+\)$/);
    expect(attempt(refusedBy('55'))).toBe('refused with 55');
    expect(attempt({ kind: 'refused', by: 'http', status: 404 })).toBe('refused by HTTP 404');
    expect(attempt({ kind: 'unsent', cause: 'dns' })).toBe('not sent (dns)');
    expect(attempt({ kind: 'uncertain', cause: 'reply-timeout' })).toBe('no certain answer (reply-timeout)');
  });

  it('what became of its recipient alone', () => {
    const own = { kind: 'uncertain', cause: 'unknown-status' } as const;
    expect(describeAttempt({ outcome: { kind: 'accepted' }, perMessage: [own], durationMs: 1 }, at)).toMatch(
      /^accepted, .*; its recipient no certain answer \(unknown-status\)$/,
    );
  });
});

describe('a probe says of a report', () => {
  it('what stands in its rows, without a number', () => {
    const rows = [
      reportRow({ messageId: 'm1', number: '5321234567', status: '1', deliveredAt: at + 42_000 }),
      reportRow({ messageId: 'm2', number: '905329876543', status: '-1', deliveredAt: undefined }),
      reportRow({ number: '', status: '', deliveredAt: at - 2_000 }),
    ];
    expect(describeAnswer({ kind: 'rows', rows }, sent)).toBe(
      '3 rows: status 1 (delivered), our number in 10 characters, our id, delivered 42 s after its reply; ' +
        'status -1 (pending, no proof of a real message), another number in 12 characters, another id; ' +
        'status missing (pending, no proof of a real message), no number, no id of ours, delivered 2 s before its reply',
    );
  });

  it('whether a search has found our text, and of others only how many', () => {
    const row = reportRow({ number: '905321234567', status: '2', deliveredAt: undefined });
    const found = (...texts: string[]) => ({
      kind: 'rows' as const,
      rows: texts.map((text) => ({ ...row, title: 'ACME', text })),
    });
    expect(describeAnswer(found('Kodunuz 4711', 'Merhaba', ''), sent)).toBe(
      '3 rows: status 2 (pending), our number in 12 characters, no id of ours, our text; 2 with another text',
    );
    expect(describeAnswer(found('Kodunuz 4711'), sent)).toBe('1 row: 1 with another text');
    expect(describeAnswer(found(), sent)).toBe('no rows');
  });

  it('that 11 is no lack of credit', () => {
    const why = { ...refusedBy('11'), row: undefined };
    expect(describeAnswer({ kind: 'no-answer', why }, sent)).toBe(
      'refused with 11 (of reports: the group id is not known)',
    );
    expect(describeAnswer({ kind: 'no-answer', why: { kind: 'unsent', cause: 'dns' } }, sent)).toBe(
      'not sent (dns)',
    );
  });

  it('what it cost', () => {
    const credit = (value: number) => ({ kind: 'answer', value }) as const;
    expect(describeCost(credit(10.3), credit(9.1), at)).toBe('the credit is less by 1.2');
    const none = { kind: 'no-answer', why: { kind: 'unsent', cause: 'dns' } } as const;
    expect(describeCost(credit(10), none, at)).toBe('JetSMS did not tell the credit: not sent (dns)');
  });
});
