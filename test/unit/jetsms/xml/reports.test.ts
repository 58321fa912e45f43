import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xmlReports } from '../../../../src/jetsms/xml/reports.ts';
import { accountSettings } from '../../../support/account-settings.ts';
import { refusedBy } from '../../../support/outcomes.ts';

const account = accountSettings({ url: 'https://service.example/SMS-Web8/xmlsms' });
const groupId = '2605201745161787848';

const read = (body: string | Buffer, group = groupId) =>
  xmlReports.byGroup.read({ status: 200, headers: {}, body: Buffer.from(body) }, group, account);

const deliveredAt = Date.UTC(2026, 4, 20, 14, 46, 2);
const delivered = (number: string) => ({
  messageId: '',
  number,
  status: '1',
  state: 'delivered',
  isReal: true,
  deliveredAt,
});
const pending = (number: string, status = '2') => ({
  messageId: '',
  number,
  status,
  state: 'pending',
  isReal: status === '2',
});

describe('the rows of xmlreport', () => {
  it.each([' ', '\t', ';', ',', '|', ' ; ', '  '])('are read where %j stands between the columns', (mark) => {
    const line = (...columns: string[]) => columns.join(mark);
    const body = [
      line(groupId, '905321234567', '1', '20052026174602'),
      line(groupId, '905321234568', '2'),
    ].join('\r\n');
    expect(read(`${body}\r\n`)).toEqual([delivered('905321234567'), pending('905321234568')]);
  });

  it.each(['\n', '\r', '\r\n', '\n\n'])('are read where lines end with %j', (end) => {
    const body = ['905321234567', '905321234568', '5321234569'].map((number) => `${groupId} ${number} 2`);
    expect(read(body.join(end))).toEqual([
      pending('905321234567'),
      pending('905321234568'),
      pending('5321234569'),
    ]);
  });

  it.each([
    ['another column before the time', `${groupId} 905321234567 1 15 20052026174602`],
    ['a date and a clock', `${groupId} 905321234567 1 20.05.2026 17:46:02`],
    ['no group id', '905321234567 1 20052026174602'],
    ['the status in front of the number', `${groupId} 1 905321234567 20052026174602`],
    ['a separator at the end', `${groupId};905321234567;1;20052026174602;`],
  ])('are read with %s', (_, line) => {
    expect(read(line)).toEqual([delivered('905321234567')]);
  });

  it('keep a group id of the length of a number apart from the number', () => {
    expect(read('130228114512 905321234567 1 20052026174602', '130228114512')).toEqual([
      delivered('905321234567'),
    ]);
    expect(read('1302281145129 905321234567 2', '1302281145129')).toEqual([pending('905321234567')]);
  });

  it('stay pending where the status is missing or unknown, and have no time where it cannot be read', () => {
    expect(read(`${groupId} 905321234567 99999999999999`)).toEqual([pending('905321234567', '')]);
    expect(read(`${groupId} 905321234567 7 31022026174602`)).toEqual([pending('905321234567', '7')]);
  });

  it('are those lines that hold a number', () => {
    expect(read(`RAPOR\n${groupId} 905321234567 2\n-- son --`)).toEqual([pending('905321234567')]);
  });
});

describe('an answer of xmlreport without rows', () => {
  it.each([
    ['10 wrong user', refusedBy('10', 'wrong user')],
    ['10 wrong user 905321234567', refusedBy('10', 'wrong user *')],
    ['99 hata', refusedBy('99', 'hata')],
    ['20', refusedBy('20')],
    ['11 - Unrecognized GroupId', { ...refusedBy('11', '- Unrecognized GroupId'), row: undefined }],
    [
      '11 - Unrecognized GroupId 130228114512',
      { ...refusedBy('11', '- Unrecognized GroupId *'), row: undefined },
    ],
    ['11', { ...refusedBy('11'), row: undefined }],
    ['00', { kind: 'uncertain', cause: 'malformed-reply' }],
    ['', { kind: 'uncertain', cause: 'empty-reply' }],
    ['<html>905321234567 1</html>', { kind: 'uncertain', cause: 'html-reply' }],
    ['rapor yok', { kind: 'uncertain', cause: 'malformed-reply' }],
  ])('%j is no answer', (body, why) => {
    expect(read(body)).toEqual(why);
  });

  it('does not show the password that JetSMS repeats', () => {
    expect(read('10 wrong user acme/correct horse')).toEqual(refusedBy('10', 'wrong user acme/*'));
  });

  it('is left to the status where that is not 200', () => {
    const reply = { status: 503, headers: {}, body: Buffer.from('905321234567 1') };
    expect(xmlReports.byGroup.read(reply, groupId, account)).toBeUndefined();
  });

  it('is rows or a reason, whatever comes', () => {
    const pieces = fc.constantFrom(groupId, '905321234567', '1', '10', '\n', ' ', ';', '20052026174602', 'ş');
    fc.assert(
      fc.property(fc.array(pieces), (some) => {
        const said = read(some.join(''));
        expect(Array.isArray(said) || (said !== undefined && 'kind' in said)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(read(Buffer.from(bytes))).toBeDefined();
      }),
    );
  });
});

describe('the address of xmlreport', () => {
  it.each([
    ['https://service.example/SMS-Web8/xmlsms', '', 'https://service.example/SMS-Web8/xmlreport'],
    ['http://service.example:8080/SMS-Web/xmlsms/', '', 'http://service.example:8080/SMS-Web/xmlreport'],
    ['https://a.example/x', 'https://b.example/r', 'https://b.example/r'],
  ])('for %s and reportUrl %j is %s', (url, reportUrl, address) => {
    expect(xmlReports.address(accountSettings({ url, reportUrl }))).toBe(address);
  });
});
