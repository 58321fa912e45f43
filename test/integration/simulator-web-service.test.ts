import { createClientAsync } from 'soap';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type FaultRule, type Simulator } from '../../src/simulator/index.ts';

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator({
    accounts: [{ username: 'firma', password: 'g<z&i', titles: ['BASLIK', 'ŞİRKET'], credit: 100 }],
  });
  await simulator.listen();
});
afterEach(() => simulator.close());

async function post(operation: string, parameters: string, change: { action?: string; body?: string } = {}) {
  const { action = `"http://tempuri.org/${operation}"`, body = envelope(operation, parameters) } = change;
  const response = await fetch(simulator.webServiceUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: action },
    body,
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

function envelope(operation: string, parameters: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>' +
    `<${operation} xmlns="http://tempuri.org/">${parameters}</${operation}></soap:Body></soap:Envelope>`
  );
}

const login = '<user>firma</user><password>g&lt;z&amp;i</password>';
const head = `${login}<originator>BASLIK</originator><reference/><startdate/><expiredate/>`;
const rule = '<onlengthproblem>RejectAllPackage</onlengthproblem>';

function list(name: string, ...items: readonly string[]): string {
  return `<${name}>${items.map((item) => `<string>${item}</string>`).join('')}</${name}>`;
}

/** The texts of the named elements, in order. */
function fields(text: string, ...names: readonly string[]): readonly string[] {
  return [...text.matchAll(new RegExp(`<(?:${names.join('|')})>([^<]*)<`, 'g'))].map(
    ([, value = '']) => value,
  );
}

function accepted(): readonly string[] {
  return simulator.accepted.map(({ to, text }) => `${to}|${text}`);
}

describe('an independent client that reads the WSDL', () => {
  const common = {
    user: 'firma',
    password: 'g<z&i',
    originator: 'ŞİRKET',
    onlengthproblem: 'RejectAllPackage',
  };
  const receipents = { string: ['5321234567', '905331234567'] };

  async function call(operation: string, parameters: object): Promise<Record<string, unknown>> {
    const client = await createClientAsync(`${simulator.webServiceUrl}?WSDL`);
    const [result] = await client[`${operation}Async`](parameters);
    return result[`${operation}Result`];
  }

  it('finds every operation', async () => {
    const client = await createClientAsync(`${simulator.webServiceUrl}?wsdl`);
    expect(Object.keys(client.describe().SMSService.SMSServiceSoap)).toEqual([
      'SendSMS',
      'SendSMSSingle',
      'SendSMSBroadcast',
      'SendSMS_V2',
      'SendSMSBroadcast_V2',
      'SendSMSAdvanced',
      'SendMMS',
      'ReportQuota',
      'ReportOriginator',
      'ReportSMS',
      'ReportSMS_V2',
      'ReportSMSDetail',
    ]);
  });

  it('sends with SendSMS', async () => {
    const messages = { string: ['Günaydın', '1 < 2 & 3'] };
    const result = await call('SendSMS', { ...common, messages, receipents });
    expect(result).toEqual({ ErrorCode: '00', ID: simulator.accepted[0]?.groupId });
    expect(accepted()).toEqual(['905321234567|Günaydın', '905331234567|1 < 2 & 3']);
  });

  it('sends with SendSMSBroadcast', async () => {
    const result = await call('SendSMSBroadcast', { ...common, broadcastMessage: 'İyi günler', receipents });
    expect(result).toMatchObject({ ErrorCode: '00' });
    expect(accepted()).toEqual(['905321234567|İyi günler', '905331234567|İyi günler']);
  });

  it.each([
    ['SendSMS_V2', { messages: { string: ['a', 'b'] } }],
    ['SendSMSBroadcast_V2', { broadcastMessage: 'a' }],
  ])('sends with %s, and gets a status for each recipient', async (operation, texts) => {
    const messageIds = { string: ['id-1', 'id-2'] };
    const result = await call(operation, { ...common, ...texts, receipents, messageIds });
    expect(result).toEqual({
      ResponseCode: '00',
      ResponseMessage: simulator.accepted[0]?.groupId,
      ResponseGroupIdArray: {
        ResponseGroupId: [
          { GsmNumber: '5321234567', MessageId: 'id-1', Status: '0' },
          { GsmNumber: '905331234567', MessageId: 'id-2', Status: '0' },
        ],
      },
    });
    expect(Object.fromEntries(simulator.counts('messageId'))).toEqual({ 'id-1': 1, 'id-2': 1 });
  });

  it('sends with SendSMSAdvanced', async () => {
    const parameters = {
      messageType: '0',
      messages: { string: ['a', 'b'] },
      messageHeader: { string: ['h', 'h'] },
    };
    expect(await call('SendSMSAdvanced', { ...common, ...parameters, receipents })).toMatchObject({
      ErrorCode: '00',
    });
  });

  it('sends an MMS, which costs credit', async () => {
    const parameters = {
      user: 'firma',
      password: 'g<z&i',
      originator: 'BASLIK',
      receipents,
      subject: 'Konu',
      message: 'Metin',
      mmsContentDataBase64: Buffer.from('0123456789').toString('base64'),
      mmsContentType: 'image/jpeg',
    };
    expect(await call('SendMMS', parameters)).toMatchObject({ ErrorCode: '00' });
    expect(simulator.accepted[1]).toMatchObject({
      to: '905331234567',
      text: 'Metin',
      parts: 1,
      media: { subject: 'Konu', contentType: 'image/jpeg', bytes: 10 },
    });
    expect(simulator.accounts.list()[0]?.credit).toBe(98);
  });

  it('asks for credit and titles', async () => {
    expect(await call('ReportQuota', { user: 'firma', password: 'g<z&i' })).toBe('100');
    const titles = await call('ReportOriginator', { user: 'firma', password: 'g<z&i' });
    expect(titles).toEqual({ string: ['BASLIK', 'ŞİRKET'] });
    expect(await call('ReportQuota', { user: 'firma', password: 'x' })).toBe('10 wrong user');
  });
});

describe('requests in the shapes of the public clients', () => {
  it('the first version of SendSMS, with eight parameters', async () => {
    const lists = list('messages', 'Merhaba') + list('receipents', '905321234567');
    expect(fields((await post('SendSMS', head + lists)).text, 'ErrorCode')).toEqual(['00']);
  });

  it('.NET with SendSMS, dates, an exclusion window and the whole tail', async () => {
    const parameters =
      `${login}<originator>BASLIK</originator><reference></reference><startdate></startdate><expiredate></expiredate>` +
      list('messages', 'Günaydın') +
      list('receipents', '905321234567') +
      '<exclusionstarttime>230000</exclusionstarttime><exclusionexpiretime>080000</exclusionexpiretime>' +
      `<channel>VF</channel><blacklistfilter></blacklistfilter><optinfilter></optinfilter><x></x>${rule}` +
      '<sendingrulefilter></sendingrulefilter><domesticfilter></domesticfilter><forceEnglish></forceEnglish><iysfilter>0</iysfilter>';
    expect(fields((await post('SendSMS', parameters)).text, 'ErrorCode')).toEqual(['00']);
    expect(accepted()).toEqual(['905321234567|Günaydın']);
  });

  it('Java with SendSMSSingle, a prefix on every element and a long text sent in parts', async () => {
    const inner =
      '<tem:user>firma</tem:user><tem:password>g&lt;z&amp;i</tem:password><tem:originator>BASLIK</tem:originator>' +
      `<tem:messages>${'ş'.repeat(209)}</tem:messages><tem:receipents>905321234567</tem:receipents>` +
      '<tem:onlengthproblem>SendAllPackage</tem:onlengthproblem>';
    const body =
      '<?xml version="1.0" encoding="utf-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
      'xmlns:tem="http://tempuri.org/">\n  <soapenv:Header/>\n  <soapenv:Body>\n' +
      `    <tem:SendSMSSingle>${inner}</tem:SendSMSSingle>\n  </soapenv:Body>\n</soapenv:Envelope>`;
    expect(fields((await post('SendSMSSingle', '', { body })).text, 'ErrorCode')).toEqual(['00']);
    expect(simulator.accepted).toMatchObject([{ parts: 2 }]);
  });

  it('Go with an envelope of its own prefix and an unquoted action', async () => {
    const body =
      '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body xmlns="http://schemas.xmlsoap.org/soap/envelope/">' +
      `<SendSMSBroadcast xmlns="http://tempuri.org/">${head}<broadcastMessage>Merhaba</broadcastMessage>` +
      `${list('receipents', '5321234567')}${rule}</SendSMSBroadcast></Body></Envelope>`;
    const reply = await post('SendSMSBroadcast', '', { body, action: 'http://tempuri.org/SendSMSBroadcast' });
    expect(fields(reply.text, 'ErrorCode')).toEqual(['00']);
  });
});

describe('refusals', () => {
  const one = list('messages', 'a') + list('receipents', '5321234567');
  const mms = list('receipents', '5321234567');
  const content =
    '<mmsContentDataBase64>AAAA</mmsContentDataBase64><mmsContentType>image/jpeg</mmsContentType>';

  it.each<[string, string, string, string]>([
    ['10', 'wrong user', 'SendSMS', head.replace('firma', 'x') + one],
    ['12', 'wrong title', 'SendSMS', head.replace('BASLIK', 'YOK') + one],
    ['30', 'Originator must be fill', 'SendSMS', login + one],
    ['31', 'Gsm number must be fill', 'SendSMS', head + list('messages', 'a') + list('receipents', '212')],
    ['38', 'Message must be fill', 'SendSMS', head + list('messages', '') + list('receipents', '5321234567')],
    [
      '80',
      'XML Error : Unexpected SMS characters',
      'SendSMS',
      head + list('messages', '😀') + list('receipents', '5321234567'),
    ],
    [
      '81',
      'mesaj sayisi ile receipt sayisi uyumsuz',
      'SendSMS',
      head + list('messages', 'a', 'b') + list('receipents', '5321234567'),
    ],
    ['84', 'mesaj sayisi ya da receipt sayisi sifir geldi', 'SendSMS', head + list('messages', 'a')],
    [
      '84',
      'mesaj sayisi ya da receipt sayisi sifir geldi',
      'SendSMSBroadcast',
      head + list('receipents', '5'),
    ],
    [
      '86',
      'header 40 karakterden dan uzun olamaz',
      'SendSMSAdvanced',
      `${head}${one}<messageType>0</messageType>${list('messageHeader', 'h'.repeat(41))}`,
    ],
    ['87', 'header sayisi 0 olamaz', 'SendSMSAdvanced', `${head}${one}<messageType>0</messageType>`],
    [
      '88',
      'header sayisi ile receipt sayisi uyumsuz',
      'SendSMSAdvanced',
      `${head}${one}<messageType>4</messageType>${list('messageHeader', 'a', 'b')}`,
    ],
    [
      '89',
      'messagetype 0,1,2,3 ve 4 den baska bir deger geldi',
      'SendSMSAdvanced',
      `${head}${one}<messageType>5</messageType>${list('messageHeader', 'a')}`,
    ],
    ['201', 'MMS gecersiz kanal bilgisi', 'SendMMS', `${head}${mms}${content}<channel>YOK</channel>`],
    ['202', 'MMS gecersiz content type bilgisi', 'SendMMS', head + mms + content.replace('jpeg', 'bmp')],
    [
      '202',
      'MMS gecersiz content type bilgisi',
      'SendMMS',
      head + mms + content.replace('AAAA', 'not*base64=='),
    ],
    [
      '203',
      'MMS maksimum dosya boyutu asildi',
      'SendMMS',
      head + mms + content.replace('AAAA', 'A'.repeat(409_604)),
    ],
  ])('%s %s, by %s', async (code, words, operation, parameters) => {
    const reply = await post(operation, parameters);
    expect(reply.status).toBe(200);
    expect(fields(reply.text, 'ErrorCode', 'ID')).toEqual([code, words]);
    expect(simulator.accepted).toEqual([]);
  });

  it('204 outside the hours for MMS', async () => {
    const now = new Date(Date.now() + 3 * 3_600_000).toISOString().slice(11, 16).replace(':', '');
    const mmsRules = simulator.accounts.list()[0]!.mms;
    simulator.accounts.update('firma', { mms: { ...mmsRules, window: { from: now, until: now } } });
    const reply = await post('SendMMS', head + mms + content);
    expect(fields(reply.text, 'ErrorCode', 'ID')).toEqual(['204', 'MMS izinsiz zaman araligi']);
  });

  it('77 to an account without the web service, and 11 for the whole package', async () => {
    simulator.accounts.update('firma', { credit: 0 });
    expect(fields((await post('SendSMS', head + one)).text, 'ErrorCode')).toEqual(['11']);
    simulator.accounts.update('firma', { surfaces: ['xml'] });
    expect(fields((await post('SendSMS', head + one)).text, 'ErrorCode')).toEqual(['77']);
  });

  it('one recipient alone, where the answer has a place for it', async () => {
    simulator.faults.add({ kind: 'refuse-recipient', code: '9', match: { to: '5331234567' }, times: 1 });
    const parameters =
      head +
      list('messages', 'a', 'b', 'c', 'x'.repeat(161)) +
      list('receipents', '5321234567', '5331234567', '212', '5341234567') +
      list('messageIds', '1', '2', '3', '4') +
      '<onlengthproblem>SendOtherMessages</onlengthproblem>';
    const { text } = await post('SendSMS_V2', parameters);
    expect(fields(text, 'ResponseCode')).toEqual(['00']);
    expect(fields(text, 'MessageId', 'Status')).toEqual(['1', '0', '2', '9', '3', '27', '4', '85']);
    expect(accepted()).toEqual(['905321234567|a']);
    expect(simulator.stats().droppedMessages).toBe(3);
  });

  it('the whole V2 request, with no recipient listed', async () => {
    const { text } = await post('SendSMS_V2', head.replace('BASLIK', 'YOK') + one);
    expect(fields(text, 'ResponseCode', 'ResponseMessage', 'Status')).toEqual(['12', 'wrong title']);
  });
});

describe('SOAP faults', () => {
  it.each<[string, RegExp, Parameters<typeof post>]>([
    [
      'a bad value of onlengthproblem',
      /Instance validation error: &apos;x&apos; is not a valid value for enmOnLengthProblem\./,
      ['SendSMS', '<onlengthproblem>x</onlengthproblem>'],
    ],
    ['an unknown action', /did not recognize the value of HTTP Header SOAPAction/, ['SendFax', '']],
    ['no action', /SOAPAction/, ['SendSMS', '', { action: '' }]],
    ['another operation in the body', /unable to read/, ['SendSMS', '', { body: envelope('SendMMS', '') }]],
    ['broken XML', /unable to read/, ['SendSMS', '', { body: envelope('SendSMS', '').slice(0, -5) }]],
    ['no body', /unable to read/, ['SendSMS', '', { body: '' }]],
  ])('answer %s with 500', async (_, words, call) => {
    const { status, text, type } = await post(...call);
    expect([status, type]).toEqual([500, 'text/xml; charset=utf-8']);
    expect(fields(text, 'faultcode')).toEqual(['soap:Client']);
    expect(text).toMatch(words);
  });
});

describe('faults on the web service', () => {
  const parameters = head + list('messages', 'a') + list('receipents', '5321234567') + rule;

  it.each<[FaultRule, number, readonly string[]]>([
    [{ kind: 'soap-fault' }, 500, ['soap:Server', 'Server was unable to process request.']],
    [{ kind: 'soap-fault', status: 200, faultCode: 'Client', text: 'x' }, 200, ['soap:Client', 'x']],
    [{ kind: 'reply', code: '12' }, 200, ['12', 'wrong title']],
    [{ kind: 'reply', code: '04' }, 200, ['04', '']],
    [{ kind: 'reply', code: '90-xml-null' }, 200, ['90', 'XML null']],
  ])('%j', async (fault, status, expected) => {
    simulator.faults.add({ ...fault, match: { surface: 'web-service', to: '5321234567' } } as FaultRule);
    const reply = await post('SendSMS', parameters);
    expect(reply.status).toBe(status);
    expect(fields(reply.text, 'faultcode', 'faultstring', 'ErrorCode', 'ID')).toEqual(expected);
    expect(simulator.accepted).toEqual([]);
  });

  it('take the messages where the rule says so', async () => {
    simulator.faults.add({ kind: 'soap-fault', accepted: true });
    expect((await post('SendSMS', parameters)).status).toBe(500);
    expect(simulator.accepted).toHaveLength(1);
  });

  it('apply to account queries where the rule says so', async () => {
    simulator.faults.add({ kind: 'reply', code: '13', match: { on: 'account-query' } });
    expect(fields((await post('SendSMS', parameters)).text, 'ErrorCode')).toEqual(['00']);
    expect(fields((await post('ReportQuota', login)).text, 'ReportQuotaResult')).toEqual(['13']);
  });
});
