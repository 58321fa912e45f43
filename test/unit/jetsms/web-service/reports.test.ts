import { describe, expect, it } from 'vitest';
import { webServiceReports } from '../../../../src/jetsms/web-service/reports.ts';
import { accountSettings } from '../../../support/account-settings.ts';
import { refusedBy } from '../../../support/outcomes.ts';
import { soapFault, soapResult } from '../../../support/soap-reply.ts';

const account = accountSettings({ url: 'https://service.example/ws/soapSMS.asmx', surface: 'web-service' });
const malformed = { kind: 'uncertain', cause: 'malformed-reply' };

const replyOf = (body: string, status = 200) => ({ status, headers: {}, body: Buffer.from(body) });
const byGroup = (body: string, status = 200) =>
  webServiceReports.byGroup.read(replyOf(body, status), '2605201745161787848', account);
const byIds = (body: string) => webServiceReports.byIds?.read(replyOf(body), ['m1'], account);
const search = (body: string) =>
  webServiceReports.search?.read(
    replyOf(body),
    { number: '905321234567', title: 'ACME', fromMs: 0, toMs: 1 },
    account,
  );

const fields = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
const item = (name: string, values: Record<string, string>) => `<${name}>${fields(values)}</${name}>`;
const groupRow = (values: Record<string, string>) => item('ReportSMSResult', values);
const idRows = (code: string, ...rows: Record<string, string>[]) =>
  soapResult(
    'ReportSMS_V2',
    fields({ ResponseCode: code, ResponseMessage: 'words' }) +
      `<MessageReportArray>${rows.map((row) => item('MessageReport', row)).join('')}</MessageReportArray>`,
  );

const delivered = {
  ID: '2605201745161787848',
  Phone: '905321234567',
  Status: '1',
  SendDate: '2026-05-20 17:45:17',
  DeliveredDate: '2026-05-20 17:46:02',
};
const deliveredRow = {
  messageId: '',
  number: '905321234567',
  status: '1',
  state: 'delivered',
  isReal: true,
  deliveredAt: Date.UTC(2026, 4, 20, 14, 46, 2),
};

describe('ReportSMS', () => {
  it('has one row or many, in an array and items of one name', () => {
    expect(byGroup(soapResult('ReportSMS', groupRow(delivered)))).toEqual([deliveredRow]);
    const waiting = { Phone: '5321234568', Status: '2', DeliveredDate: '' };
    expect(byGroup(soapResult('ReportSMS', groupRow(delivered) + groupRow(waiting)))).toEqual([
      deliveredRow,
      { messageId: '', number: '5321234568', status: '2', state: 'pending', isReal: true },
    ]);
  });

  it('keeps a row that lacks fields, and one whose time cannot be read', () => {
    const rows = groupRow({ Phone: '905321234567' }) + groupRow({ Status: '1', DeliveredDate: 'dün' });
    expect(byGroup(soapResult('ReportSMS', rows))).toEqual([
      { messageId: '', number: '905321234567', status: '', state: 'pending', isReal: false },
      { messageId: '', number: '', status: '1', state: 'delivered', isReal: true },
    ]);
  });

  it('has no rows where the array is empty', () => {
    expect(byGroup(soapResult('ReportSMS', ''))).toEqual([]);
    expect(byGroup(soapResult('ReportSMS', ' \n '))).toEqual([]);
    expect(
      byGroup(soapResult('ReportSMS', '').replace(/<(ReportSMSResult)><\/\1>/, '<$1 xsi:nil="true" />')),
    ).toEqual([]);
  });

  it.each([
    ['text in the place of rows', '10 wrong user', refusedBy('10', 'wrong user')],
    ['a code of the whole', fields({ ErrorCode: '10', ID: '' }), refusedBy('10')],
    ['a row about nobody', groupRow({ ID: '', ResponseCode: '10' }), refusedBy('10')],
    ['a row about nobody with words', groupRow({ ID: '77 kapali' }), refusedBy('77', 'kapali')],
    ['11', groupRow({ ResponseCode: '11' }), { ...refusedBy('11'), row: undefined }],
    ['a row of nothing', groupRow({ ID: '' }), { kind: 'uncertain', cause: 'empty-reply' }],
    ['elements that nobody knows', '<Rapor>905321234567</Rapor>', malformed],
    ['words', 'rapor yok', malformed],
  ])('is no answer where it holds %s', (_, result, why) => {
    expect(byGroup(soapResult('ReportSMS', result))).toEqual(why);
  });

  it('is no answer where the result is missing, where it is cut, and where it is a fault', () => {
    const whole = soapResult('ReportSMS', groupRow(delivered));
    expect(byGroup(whole.replace(/<ReportSMSResult>.*<\/ReportSMSResult>/, ''))).toEqual(malformed);
    expect(byGroup(whole.slice(0, -30))).toEqual({ kind: 'uncertain', cause: 'cut-reply' });
    expect(byGroup(soapFault('soap:Server', 'hata'), 500)).toEqual({
      kind: 'uncertain',
      cause: 'server-fault',
    });
    expect(byGroup(soapFault('soap:Client', 'bad correct horse'), 500)).toMatchObject({
      code: 'soap-fault',
      text: 'bad *',
    });
  });

  it('leaves what is no SOAP, and other statuses, to the status', () => {
    expect(byGroup('<html>')).toBeUndefined();
    expect(byGroup(soapResult('ReportSMS', groupRow(delivered)), 503)).toBeUndefined();
  });
});

describe('ReportSMS_V2', () => {
  const row = { MessageId: 'm1', GsmNumber: '905321234567', Status: '1', DeliveredDate: '20052026174602' };

  it('has rows with our own ids', () => {
    expect(byIds(idRows('00', row))).toEqual([{ ...deliveredRow, messageId: 'm1' }]);
    const unknown = { MessageId: 'm2', GsmNumber: '', Status: '-1' };
    expect(byIds(idRows('00', row, unknown))).toMatchObject([
      { messageId: 'm1', isReal: true },
      { messageId: 'm2', status: '-1', state: 'pending', isReal: false },
    ]);
  });

  it('has no rows where JetSMS says that all went well and names none', () => {
    expect(byIds(idRows('00'))).toEqual([]);
    expect(byIds(soapResult('ReportSMS_V2', fields({ ResponseCode: '00' })))).toEqual([]);
  });

  it('is read without a code of the whole where it has rows', () => {
    expect(byIds(idRows('', row))).toMatchObject([{ messageId: 'm1' }]);
    expect(byIds(idRows(''))).toEqual(malformed);
  });

  it('is no answer with any other code, whatever rows it has', () => {
    expect(byIds(idRows('10', row))).toEqual(refusedBy('10', 'words'));
    expect(byIds(idRows('11'))).toEqual({ ...refusedBy('11', 'words'), row: undefined });
    expect(byIds(idRows('120021', row))).toEqual(malformed);
  });
});

describe('ReportSMSDetail', () => {
  const row = {
    ...delivered,
    Originator: 'ACME',
    CreateDate: '20.05.2026 17:45:16',
    MessageText: 'Merhaba &amp; hoş geldin',
  };

  it('finds messages with title, text and times', () => {
    expect(search(soapResult('ReportSMSDetail', item('ReportSMSDetailedResult', row)))).toEqual([
      {
        ...deliveredRow,
        title: 'ACME',
        text: 'Merhaba & hoş geldin',
        createdAt: Date.UTC(2026, 4, 20, 14, 45, 16),
        sentAt: Date.UTC(2026, 4, 20, 14, 45, 17),
      },
    ]);
  });

  it('finds nothing in an empty array', () => {
    expect(search(soapResult('ReportSMSDetail', ''))).toEqual([]);
  });
});
