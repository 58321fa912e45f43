import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeTable, explain } from '../../../src/codes/index.ts';

describe('explain', () => {
  it('says everything about a listed reply', () => {
    expect(explain('11 not enough limit\r\n')).toMatchObject({
      code: '11',
      class: 'retryable',
      scope: 'quota',
      meaning: 'not enough credit to send',
      description: 'Mesaj Göndermek için limit yok',
      action: expect.stringContaining('Hold the account `no-credit`'),
      official: true,
      retryDelaysMs: [],
      reason: null,
      row: '11',
      text: 'not enough limit',
    });
  });

  it('gives the group id of an accepted request', () => {
    expect(explain('00 130228114512')).toMatchObject({ class: 'accepted', groupId: '130228114512' });
  });

  it.each(['00', '00 OK', '00 null', '00 0'])('explains "%s" as code 00, without a group id', (line) => {
    expect(explain(line)).toMatchObject({
      code: '00',
      class: 'accepted',
      row: '00',
      reason: null,
      groupId: null,
      meaning: 'accepted; the reply carries no group id',
    });
  });

  it('says of a code that only public clients know that it is not official, and where it was seen', () => {
    expect(explain('28 unauthorized ip')).toMatchObject({
      code: '28',
      class: 'terminal',
      scope: 'account',
      official: false,
      row: '28',
      meaning:
        "not in the list of JetSMS; public clients take it for: the sender's IP address is not allowed",
      source: expect.stringContaining('Halildeu'),
    });
    expect(explain('99')).toMatchObject({
      reason: 'unknown-code',
      official: false,
      row: null,
      meaning: expect.stringContaining('public clients take it for: a system error'),
      source: expect.stringContaining('mkysoft'),
    });
  });

  it('calls an unlisted code terminal and sends the operator to customer service', () => {
    const explanation = explain('55 ne oldu');
    expect(explanation).toMatchObject({
      code: '55',
      class: 'terminal',
      reason: 'unknown-code',
      row: null,
      official: false,
    });
    expect(explanation.hint).toContain('customer service');
  });

  it.each([
    ['', 'empty'],
    ['<html>', 'html'],
    ['hello', 'malformed'],
  ])('calls "%s" uncertain, without a code', (line, reason) => {
    const explanation = explain(line);
    expect(explanation).toMatchObject({ code: null, class: 'not-a-reply', scope: null, reason });
    expect(explanation.action).toContain('never resent blindly');
  });

  it('has the same keys in the same order for every input, and never throws', () => {
    const keys = Object.keys(explain('10 wrong user'));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }), anyLine), (input) => {
        const explanation = explain(input);
        expect(Object.keys(explanation)).toEqual(keys);
        expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
      }),
    );
  });
});

const anyLine = fc
  .tuple(fc.constantFrom(...codeTable.map((row) => row.code), '28'), fc.string())
  .map(([code, text]) => `${code} ${text}`);
