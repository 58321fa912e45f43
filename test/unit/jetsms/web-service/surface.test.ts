import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { UncertainCause } from '../../../../src/jetsms/outcome.ts';
import type { ProviderRequest } from '../../../../src/jetsms/provider-request.ts';
import { noSwitches, type Switches } from '../../../../src/jetsms/switches.ts';
import { replyOfFields } from '../../../../src/jetsms/web-service/reply.ts';
import {
  buildWebServiceRequest,
  defaultWebServiceOptions,
  type WebServiceOptions,
} from '../../../../src/jetsms/web-service/request.ts';
import { webServiceSurface } from '../../../../src/jetsms/web-service/surface.ts';
import { refusedBy } from '../../../support/outcomes.ts';
import { soapFault, soapResult, v2Result } from '../../../support/soap-reply.ts';

const login = { username: 'acme', password: 'p<w', charset: 'utf-8' as const };
const oneText: ProviderRequest = {
  title: 'ACME',
  messages: [
    { id: 'm1', to: '905321234567', text: 'Merhaba & hoş geldin' },
    { id: 'm2', to: '905321234568', text: 'Merhaba & hoş geldin' },
  ],
};
const twoTexts: ProviderRequest = {
  title: 'ACME',
  messages: [
    { id: 'm1', to: '905321234567', text: 'Merhaba Ali' },
    { id: 'm2', to: '905321234568', text: 'Merhaba Ayşe' },
  ],
};
const media = { subject: 'Kampanya', contentType: 'image/png', dataBase64: 'iVBORw0=' };

const head =
  '<user>acme</user><password>p&lt;w</password><originator>ACME</originator>' +
  '<reference></reference><startdate></startdate><expiredate></expiredate>';
const texts = '<messages><string>Merhaba Ali</string><string>Merhaba Ayşe</string></messages>';
const broadcast = '<broadcastMessage>Merhaba &amp; hoş geldin</broadcastMessage>';
const receipents = '<receipents><string>905321234567</string><string>905321234568</string></receipents>';
const ids = '<messageIds><string>m1</string><string>m2</string></messageIds>';
const filters =
  '<exclusionstarttime></exclusionstarttime><exclusionexpiretime></exclusionexpiretime>' +
  '<channel></channel><blacklistfilter></blacklistfilter><optinfilter></optinfilter>';
const tail = `${filters}<x></x><onlengthproblem>RejectAllPackage</onlengthproblem>`;
const sources =
  '<sourceMACAddress></sourceMACAddress><sourceLocation></sourceLocation><sourceIPAddress></sourceIPAddress>';

describe('the request', () => {
  const v1: WebServiceOptions = { ...defaultWebServiceOptions, operations: 'v1' };
  const advanced: WebServiceOptions = {
    ...defaultWebServiceOptions,
    advanced: { messageType: 'flash', messageHeader: 'BASLIK' },
  };
  const type = '<messageType>3</messageType>';
  const headers = '<messageHeader><string>BASLIK</string><string>BASLIK</string></messageHeader>';
  const mms =
    '<subject>Kampanya</subject><message>Merhaba &amp; hoş geldin</message>' +
    '<mmsContentDataBase64>iVBORw0=</mmsContentDataBase64><mmsContentType>image/png</mmsContentType>';

  it.each([
    ['SendSMSBroadcast_V2', oneText, undefined, broadcast + receipents + ids + tail],
    ['SendSMS_V2', twoTexts, undefined, texts + receipents + ids + tail + sources],
    ['SendSMSBroadcast', oneText, v1, broadcast + receipents + tail],
    ['SendSMS', twoTexts, v1, texts + receipents + tail],
    ['SendSMSAdvanced', twoTexts, advanced, texts + receipents + type + headers + tail],
    ['SendMMS', { ...oneText, media }, undefined, receipents + mms + filters],
  ] as const)('%s has its parameters in WSDL order', (operation, request, options, parameters) => {
    const written = buildWebServiceRequest(request, login, options);
    expect(written.body.toString()).toBe(
      '<?xml version="1.0" encoding="utf-8"?>' +
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
        `<${operation} xmlns="http://tempuri.org/">${head}${parameters}</${operation}>` +
        '</soap:Body></soap:Envelope>',
    );
    expect(written.headers).toEqual({
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"http://tempuri.org/${operation}"`,
    });
  });

  const switches: Switches = {
    exclusionStart: '230000',
    exclusionExpire: '080000',
    channel: 'V<F',
    blacklistFilter: '1',
    iysFilter: '1',
    iysCode: '65&4321',
    iysBrandCode: '7',
    iysRecipientType: 'BIREYSEL',
  };
  const setFilters =
    '<exclusionstarttime>230000</exclusionstarttime><exclusionexpiretime>080000</exclusionexpiretime>' +
    '<channel>V&lt;F</channel><blacklistfilter>1</blacklistfilter><optinfilter></optinfilter>';
  const setTail = `${setFilters}<x></x><onlengthproblem>RejectAllPackage</onlengthproblem>`;
  const later =
    '<iysfilter>1</iysfilter><iyscode>65&amp;4321</iyscode><iysbrandcode>7</iysbrandcode>' +
    '<iysrecipienttype>BIREYSEL</iysrecipienttype>';

  it.each([
    [
      'SendSMSBroadcast_V2',
      oneText,
      defaultWebServiceOptions,
      broadcast + receipents + ids + setTail + later,
    ],
    ['SendSMS_V2', twoTexts, defaultWebServiceOptions, texts + receipents + ids + setTail + sources + later],
    ['SendSMSBroadcast', oneText, v1, broadcast + receipents + setTail + later],
    ['SendSMS', twoTexts, v1, texts + receipents + setTail + later],
    ['SendSMSAdvanced', twoTexts, advanced, texts + receipents + type + headers + setTail + later],
    ['SendMMS', { ...oneText, media }, v1, receipents + mms + setFilters + later],
  ] as const)(
    '%s carries the switches that are set, escaped, and the later ones last',
    (operation, request, options, parameters) => {
      const written = buildWebServiceRequest(request, login, { ...options, switches });
      expect(written.body.toString()).toContain(
        `<${operation} xmlns="http://tempuri.org/">${head}${parameters}</${operation}>`,
      );
    },
  );

  it.each([
    ['SendSMSBroadcast_V2', oneText],
    ['SendSMS_V2', twoTexts],
    ['SendMMS', { ...oneText, media }],
  ] as const)('%s is the same to the byte where no switch is set', (_operation, request) => {
    const before = buildWebServiceRequest(request, login);
    const after = buildWebServiceRequest(request, login, {
      ...defaultWebServiceOptions,
      switches: noSwitches,
    });
    expect(after.body.equals(before.body)).toBe(true);
  });

  it('carries the end of sending in Turkish time, and the choice for long texts', () => {
    const request = { ...oneText, expireAt: Date.UTC(2026, 10, 22, 21, 30, 5) };
    const written = buildWebServiceRequest(request, login, {
      operations: 'v1',
      onLengthProblem: 'SendAllPackage',
    });
    expect(written.body.toString()).toContain('<expiredate>23112026003005</expiredate>');
    expect(written.body.toString()).toContain('<onlengthproblem>SendAllPackage</onlengthproblem>');
  });

  it('parses back to the same texts, whatever they hold', () => {
    const parser = new XMLParser({
      removeNSPrefix: true,
      parseTagValue: false,
      trimValues: false,
      htmlEntities: true,
      isArray: (name) => name === 'string',
    });
    const text = fc.string().map((raw) => raw.replace(/[^\t\n -\ud7ff]/g, ''));
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 4 }), (values) => {
        const messages = values.map((value, index) => ({ id: `m${index}`, to: '905321234567', text: value }));
        const document = buildWebServiceRequest({ title: 'ACME', messages }, login).body.toString();
        expect(XMLValidator.validate(document)).toBe(true);
        expect(parser.parse(document).Envelope.Body.SendSMS_V2.messages.string).toEqual(values);
      }),
    );
  });
});

const context = { request: twoTexts, redactions: () => ['Merhaba Ali'], nowMs: 0 };
const read = (body: string, status = 200, cut?: UncertainCause) =>
  webServiceSurface.readReply({ status, headers: {}, body: Buffer.from(body) }, { ...context, cut });
const accepted = { kind: 'accepted', groupId: '2605201745161787848' };
const refused = refusedBy;
const uncertain = (cause: string) => ({ kind: 'uncertain', cause });

describe('a result with ErrorCode and ID', () => {
  const fields = (code: string, id: string) => `<ErrorCode>${code}</ErrorCode><ID>${id}</ID>`;

  it.each([
    [fields('00', '2605201745161787848'), accepted],
    [fields('00 2605201745161787848', ''), accepted],
    [fields('00', '00 2605201745161787848'), accepted],
    ['00 2605201745161787848', accepted],
    [fields('00', ''), { kind: 'accepted' }],
    [fields('00', 'OK'), { kind: 'accepted' }],
    [fields('00', 'null'), { kind: 'accepted' }],
    [fields('00', '905321234567'), { kind: 'accepted' }],
    [fields('00', '2605201745161787848 extra'), accepted],
    [fields('10', 'wrong user'), refused('10', 'wrong user')],
    [fields('10 wrong user', ''), refused('10', 'wrong user')],
    [fields('', '10 wrong user'), refused('10', 'wrong user')],
    [fields('04', ''), refused('04', '')],
    ['20', refused('20', '')],
    [
      fields('85', 'Mesaj 160 den uzun. Max 612 olabilir'),
      refused('85', 'Mesaj 160 den uzun. Max 612 olabilir'),
    ],
    [
      fields('86', 'header 40 karakterden dan uzun olamaz'),
      refused('86', 'header 40 karakterden dan uzun olamaz'),
    ],
    [fields('', 'header sayisi 0 olamaz'), refused('87', 'header sayisi 0 olamaz')],
    [fields('header sayisi 0 olamaz', ''), refused('87', 'header sayisi 0 olamaz')],
    [fields('90', '&#304;&#351; Hatas&#305; &lt;x&gt;'), refused('90', 'İş Hatası <x>')],
    [fields('27', 'Merhaba Ali 905321234567'), refused('27', '* *')],
    [fields('28', 'unauthorized ip'), refused('28', 'unauthorized ip')],
    [fields('constructor', ''), uncertain('malformed-reply')],
    [fields('120021', 'bir hata'), uncertain('malformed-reply')],
    [fields('905321234567', ''), uncertain('malformed-reply')],
    [fields('Merhaba Ali', ''), uncertain('malformed-reply')],
    [fields('-5', ''), uncertain('malformed-reply')],
    [fields('0', '2605201745161787848'), uncertain('malformed-reply')],
    [fields('', ''), uncertain('empty-reply')],
    ['', uncertain('empty-reply')],
  ])('%s comes to its outcome', (result, outcome) => {
    expect(read(soapResult('SendSMS', result))).toEqual({ outcome });
  });
});

describe('an element that JavaScript has a word for', () => {
  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'ns:constructor'])(
    'leaves an acceptance an acceptance: %s',
    (name) => {
      const said = `<ErrorCode>00</ErrorCode><ID>${accepted.groupId}</ID>`;
      const result = `<${name}>x</${name}>${said}<${name}/>`;
      expect(read(soapResult('SendSMS', result))).toEqual({ outcome: accepted });
    },
  );
});

describe('a result of V2', () => {
  const v2 = (...args: Parameters<typeof v2Result>) => read(soapResult('SendSMS_V2', v2Result(...args)));

  it('accepts all where it names nobody', () => {
    expect(v2('00', accepted.groupId, [])).toEqual({ outcome: accepted });
  });

  it('says of each message what became of it, by its id, in the order of the request', () => {
    const rows: [string, string, string][] = [
      ['5321234568', 'm2', '31'],
      ['5321234567', 'm1', '0'],
    ];
    expect(v2('00', accepted.groupId, rows)).toEqual({
      outcome: accepted,
      perMessage: [accepted, refused('31', '')],
    });
  });

  const statuses = (rows: [string, string, string][]) => v2('00', accepted.groupId, rows).perMessage;

  it('goes by the number where it leaves the ids out', () => {
    expect(
      statuses([
        ['5321234568', '', '00'],
        ['+90 532 123 45 67', '', '31'],
      ]),
    ).toEqual([refused('31'), accepted]);
  });

  it('goes by the number where the ids are its own', () => {
    expect(
      statuses([
        ['05321234568', '260520174516178784', '31'],
        ['00905321234567', '260520174516178785', '0'],
      ]),
    ).toEqual([accepted, refused('31')]);
  });

  it('goes by the order where neither ids nor numbers are ours', () => {
    expect(
      statuses([
        ['90532***4567', '1', '0'],
        ['90532***4568', '2', '31'],
      ]),
    ).toEqual([accepted, refused('31')]);
  });

  it('goes by id, number and order for each row by itself', () => {
    const numbers = ['905321234560', '905321234561', '905321234562', '905321234563'];
    const four = { ...twoTexts, messages: numbers.map((to, n) => ({ id: `m${n}`, to, text: `${n}` })) };
    const body = v2Result('00', accepted.groupId, [
      ['x', 'x', '31'],
      ['5321234562', 'x', '12'],
      ['x', 'm3', '80'],
      ['x', 'x', '0'],
    ]);
    const reply = { status: 200, headers: {}, body: Buffer.from(soapResult('SendSMS_V2', body)) };
    expect(webServiceSurface.readReply(reply, { ...context, request: four }).perMessage).toEqual([
      ...[refused('31'), accepted, refused('12'), refused('80')],
    ]);
  });

  it('goes by the order among messages to one number', () => {
    const to = '905321234567';
    const both = { ...twoTexts, messages: ['m1', 'm2'].map((id) => ({ id, to, text: id })) };
    const body = v2Result('00', accepted.groupId, [
      [to, '', '31'],
      [to, '', '0'],
    ]);
    const reply = { status: 200, headers: {}, body: Buffer.from(soapResult('SendSMS_V2', body)) };
    expect(webServiceSurface.readReply(reply, { ...context, request: both }).perMessage).toEqual([
      refused('31'),
      accepted,
    ]);
  });

  it('gives nobody a row with the number of somebody else', () => {
    expect(
      statuses([
        ['5321234567', 'm1', '0'],
        ['5321234567', 'x', '31'],
      ]),
    ).toEqual([accepted, uncertain('malformed-reply')]);
  });

  it('takes several rows of a message that say the same for one', () => {
    expect(
      statuses([
        ['5321234567', 'm1', '0'],
        ['5321234567', 'm1', '0'],
        ['5321234568', 'm2', '0'],
      ]),
    ).toEqual([accepted, accepted]);
  });

  it('leaves it open where several rows of a message contradict each other', () => {
    expect(
      statuses([
        ['5321234567', 'm1', '0'],
        ['5321234567', 'm1', '31'],
        ['5321234568', 'm2', '0'],
      ]),
    ).toEqual([uncertain('malformed-reply'), accepted]);
  });

  it.each(['1', '2', 'OK', '-1', '28', '55', '905321234567', 'constructor'])(
    'leaves it open for a recipient whose status nobody knows: %s',
    (status) => {
      expect(
        statuses([
          ['5321234567', 'm1', '0'],
          ['5321234568', 'm2', status],
        ]),
      ).toEqual([accepted, uncertain('unknown-status')]);
    },
  );

  it.each([
    ['a message is missing', [['5321234567', 'm1', '0']]],
    [
      'a status is empty',
      [
        ['5321234567', 'm1', '0'],
        ['5321234568', 'm2', ''],
      ],
    ],
  ] as [string, [string, string, string][]][])('leaves it open where %s', (_what, rows) => {
    expect(v2('00', accepted.groupId, rows).perMessage).toEqual([accepted, uncertain('malformed-reply')]);
  });

  it('leaves it open where a number is named too often and ids are left out', () => {
    const rows: [string, string, string][] = [
      ['5321234567', '', '0'],
      ['5321234567', '', '31'],
    ];
    expect(v2('00', accepted.groupId, rows).perMessage).toEqual([
      uncertain('malformed-reply'),
      uncertain('malformed-reply'),
    ]);
  });

  it('accepts without an id where there is none', () => {
    const rows: [string, string, string][] = [
      ['5321234567', 'm1', '31'],
      ['5321234568', 'm2', '0'],
    ];
    expect(v2('00', '', rows)).toEqual({
      outcome: { kind: 'accepted' },
      perMessage: [refused('31'), { kind: 'accepted' }],
    });
  });

  it('refuses the whole by its code', () => {
    expect(v2('11', 'not enough limit', [])).toEqual({ outcome: refused('11', 'not enough limit') });
  });

  it('is uncertain where it refuses the whole and accepts somebody', () => {
    expect(v2('11', 'not enough limit', [['5321234567', 'm1', '0']])).toEqual({
      outcome: uncertain('malformed-reply'),
    });
  });
});

describe('a document that broke off', () => {
  const whole = soapResult('SendSMS', `<ErrorCode>00</ErrorCode><ID>${accepted.groupId}</ID>`);
  const upTo = (document: string, end: string) => document.slice(0, document.indexOf(end) + end.length);

  it.each([
    ['<ErrorCode>00', { kind: 'accepted' }],
    ['<ErrorCode>00</ErrorCode>', { kind: 'accepted' }],
    ['<ID>26052017451617', { kind: 'accepted' }],
    [accepted.groupId, { kind: 'accepted' }],
    [`${accepted.groupId}<`, { kind: 'accepted' }],
    [`${accepted.groupId}</`, accepted],
    ['</ID>', accepted],
    ['</SendSMSResult>', accepted],
    ['</soap:Envelope', accepted],
    ['<ErrorCode>0', uncertain('cut-reply')],
    ['<ErrorCode>', uncertain('cut-reply')],
    ['<SendSMSResult>', uncertain('cut-reply')],
  ])('behind %s says as much as is certain', (end, outcome) => {
    expect(read(upTo(whole, end)).outcome).toEqual(outcome);
    expect(read(upTo(whole, end), 200, 'cut-reply').outcome).toEqual(outcome);
  });

  it.each([
    ['10', 'wrong user', '</ErrorCode>', refused('10')],
    ['10', 'wrong user', '<ID>wr', refused('10', 'wr')],
    ['10', 'wrong user', '<ErrorCode>10', uncertain('cut-reply')],
    ['90', 'XML null', '</ErrorCode>', uncertain('cut-reply')],
    ['90', 'XML null', '<ID>XML null', uncertain('cut-reply')],
    ['90', '<![CDATA[XML null]]>', '<![CDATA[XML nu', uncertain('cut-reply')],
    ['90', '<![CDATA[XML null]]>', '<![CDATA[XML null]]>', uncertain('cut-reply')],
    ['90', 'XML null', '</ID>', refused('90', 'XML null')],
    ['90', 'XML Parser Hatasi : x', 'XML Parser Hatasi', refused('90', 'XML Parser Hatasi')],
  ])('with code %s and the words %s behind %s says as much as is certain', (code, words, end, outcome) => {
    const document = soapResult('SendSMS', `<ErrorCode>${code}</ErrorCode><ID>${words}</ID>`);
    expect(read(upTo(document, end)).outcome).toEqual(outcome);
  });

  it.each([
    ['SendSMSResult>00 1302', { kind: 'accepted' }],
    ['SendSMSResult>00 130228114512<', { kind: 'accepted' }],
    ['SendSMSResult>00 130228114512</', { kind: 'accepted', groupId: '130228114512' }],
  ])('within a result of bare text, behind %s, says as much as is certain', (end, outcome) => {
    expect(read(upTo(soapResult('SendSMS', '00 130228114512'), end)).outcome).toEqual(outcome);
  });

  it('is not read where its elements stand in a comment', () => {
    const document = soapResult('SendSMS', '<!-- <ErrorCode>00</ErrorCode><ID>1</ID> -->');
    expect(read(upTo(document, '</ErrorCode>')).outcome).toEqual(uncertain('cut-reply'));
  });

  it('tells by itself that it is whole, although the connection broke', () => {
    const refusal = soapResult('SendSMS', '<ErrorCode>90</ErrorCode><ID>XML null</ID>');
    expect(read(refusal, 200, 'cut-reply').outcome).toEqual(refused('90', 'XML null'));
  });

  it('with a fault in it is not read', () => {
    const fault = soapFault('soap:Client', 'bad');
    expect(read(upTo(fault, '</faultcode>'), 500).outcome).toMatchObject(uncertain('http-5xx'));
    expect(read(upTo(fault, '</faultcode>'), 200).outcome).toEqual(uncertain('malformed-reply'));
  });

  const v2Document = soapResult(
    'SendSMS_V2',
    v2Result('00', accepted.groupId, [
      ['5321234567', 'm1', '0'],
      ['5321234568', 'm2', '0'],
    ]),
  );

  it.each([
    ['<MessageId>m2</MessageId><Status>0</Status>', [accepted, uncertain('cut-reply')]],
    ['m2</MessageId><Status>', [accepted, uncertain('cut-reply')]],
    ['</ResponseGroupId>', [accepted, uncertain('cut-reply')]],
    ['<Status>0</Status>', [uncertain('cut-reply'), uncertain('cut-reply')]],
    ['</ResponseCode>', [uncertain('cut-reply'), uncertain('cut-reply')]],
    ['</ResponseGroupIdArray>', [accepted, accepted]],
  ])('of V2, behind %s, accepts those whose row is whole', (end, perMessage) => {
    const reading = read(upTo(v2Document, end));
    expect(reading.perMessage).toEqual(perMessage);
    expect(reading.outcome).toEqual(perMessage[0]);
  });

  it('of V2 says nothing by the order of its rows', () => {
    const rows = v2Result('00', accepted.groupId, [
      ['x', 'y', '0'],
      ['x', 'z', '0'],
    ]);
    const document = soapResult('SendSMS_V2', rows);
    expect(read(upTo(document, '</ResponseGroupIdArray>')).perMessage).toEqual([
      ...[uncertain('cut-reply'), uncertain('cut-reply')],
    ]);
  });

  it('of V2 that refuses leaves those open whose row may be missing', () => {
    const document = soapResult('SendSMS_V2', v2Result('11', 'no', [['5321234567', 'm1', '11']]));
    expect(read(upTo(document, '</ResponseGroupId>')).perMessage).toEqual([
      ...[refused('11', 'no'), uncertain('cut-reply')],
    ]);
    expect(read(upTo(document, '</ResponseMessage>')).outcome).toEqual(uncertain('cut-reply'));
  });

  it('never says anything else than the whole one, wherever it broke off', () => {
    const codes = fc.constantFrom('00', '10', '11', '90', '201', '20', '0');
    const words = fc.constantFrom(
      '',
      'XML null',
      'XML nullo',
      accepted.groupId,
      '<![CDATA[x y]]>',
      '<!-- 1 -->7',
      'a &amp; b',
    );
    fc.assert(
      fc.property(codes, words, fc.double({ min: 0, max: 1, noNaN: true }), (code, text, share) => {
        const document = soapResult('SendSMS', `<ErrorCode>${code}</ErrorCode><ID>${text}</ID>`);
        const { outcome: said } = read(document.slice(0, Math.floor(document.length * share)));
        if (said.kind === 'uncertain') return;
        const { outcome: meant } = read(document);
        expect(said.kind).toBe(meant.kind);
        if (said.kind === 'accepted' && said.groupId !== undefined) expect(said).toEqual(meant);
        if (said.kind === 'refused') expect(said).toMatchObject({ ...meant, text: expect.anything() });
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a fault', () => {
  const enumFault =
    "Server was unable to read request. ---&gt; Instance validation error: 'x' is not a valid value for enmOnLengthProblem.";

  it.each([200, 500])('with %d that says that the request was wrong refuses it', (status) => {
    expect(read(soapFault('soap:Client', enumFault), status).outcome).toMatchObject({
      kind: 'refused',
      by: 'code',
      code: 'soap-fault',
      text: expect.stringContaining('enmOnLengthProblem'),
    });
  });

  it('that ASP.NET blames on the server, but whose words say that the request was not read, refuses it', () => {
    expect(read(soapFault('soap:Server', enumFault), 500).outcome).toMatchObject({ code: 'soap-fault' });
  });

  it('of SOAP 1.2 is understood', () => {
    const fault =
      '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault>' +
      '<e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang="en">bad</e:Text></e:Reason>' +
      '</e:Fault></e:Body></e:Envelope>';
    expect(read(fault, 500).outcome).toMatchObject({ code: 'soap-fault' });
  });

  it.each([200, 500])('with %d of the server’s own leaves it open', (status) => {
    const body = soapFault('soap:Server', 'Timeout expired.');
    expect(read(body, status).outcome).toEqual(uncertain('server-fault'));
  });

  it('does not repeat what it quotes of ours', () => {
    expect(read(soapFault('soap:Client', 'near Merhaba Ali 905321234567'), 500).outcome).toMatchObject({
      text: 'near * *',
    });
  });
});

describe('a body that is no SOAP', () => {
  const whole = soapResult('SendSMS', '<ErrorCode>00</ErrorCode><ID>1</ID>');

  it.each([
    ['cut before anything is said', whole.slice(0, 60), 'malformed-reply'],
    ['with elements that do not close each other', whole.replace('</ID>', '</Id>'), 'malformed-reply'],
    ['with a character that is no XML', whole.replace('>1<', '>&<'), 'malformed-reply'],
    ['with a DOCTYPE', whole.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>'), 'malformed-reply'],
    ['of another root', '<?xml version="1.0"?><error>00 1</error>', 'malformed-reply'],
    ['empty', '', 'empty-reply'],
    ['a page', '<html><body>Hello</body></html>', 'html-reply'],
    ['words', 'Service temporarily unavailable', 'malformed-reply'],
  ])('%s: uncertain', (_what, body, cause) => {
    expect(read(body).outcome).toEqual(uncertain(cause));
  });

  it.each([200, 201, 206])('and a document with %d counts', (status) => {
    expect(read(whole, status).outcome).toEqual({ kind: 'accepted' });
  });

  it('but a plain reply is read as one', () => {
    expect(read('10 wrong user\r\n').outcome).toEqual(refused('10', 'wrong user'));
  });

  it.each([
    [500, { kind: 'uncertain', cause: 'http-5xx', status: 500 }],
    [502, { kind: 'uncertain', cause: 'http-5xx', status: 502 }],
    [503, { kind: 'unsent', cause: 'http-503' }],
    [401, { kind: 'refused', by: 'http', status: 401 }],
  ])('with %d counts by its status', (status, outcome) => {
    expect(read('<html>sorry</html>', status).outcome).toEqual(outcome);
    expect(read(whole, status).outcome).toEqual(outcome);
    expect(read('00 130228114512', status).outcome).toEqual(outcome);
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(999), (noise, status) => {
        for (const body of [noise, `<${noise}`, soapResult('SendSMS', noise), whole.slice(0, noise.length)]) {
          expect(read(body, status).outcome).toHaveProperty('kind');
        }
      }),
    );
  });
});

it('two fields make a reply only where a code of two or three digits begins them', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{1,6}$/), fc.string(), (code, text) => {
      const reply = replyOfFields(code, text);
      expect(reply.kind).toBe(/^\d{2,3}$/.test(code) ? 'reply' : 'not-a-reply');
      if (reply.kind === 'reply') expect(reply.code).toBe(code);
    }),
  );
});
