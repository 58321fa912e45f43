import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { Parcel } from '../../../src/jetsms/parcel.ts';
import {
  buildWebServiceRequest,
  defaultWebServiceOptions,
  type WebServiceOptions,
  webServiceSurface,
} from '../../../src/jetsms/web-service.ts';
import { replyOfFields } from '../../../src/jetsms/web-service-reply.ts';
import { refusedBy } from '../../support/outcomes.ts';
import { soapFault, soapResult, v2Result } from '../../support/soap-reply.ts';

const login = { username: 'acme', password: 'p<w', charset: 'utf-8' as const };
const oneText: Parcel = {
  title: 'ACME',
  messages: [
    { id: 'm1', to: '905321234567', text: 'Merhaba & hoş geldin' },
    { id: 'm2', to: '905321234568', text: 'Merhaba & hoş geldin' },
  ],
};
const twoTexts: Parcel = {
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
  ] as const)('%s has its parameters in WSDL order', (operation, parcel, options, parameters) => {
    const request = buildWebServiceRequest(parcel, login, options);
    expect(request.body.toString()).toBe(
      '<?xml version="1.0" encoding="utf-8"?>' +
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
        `<${operation} xmlns="http://tempuri.org/">${head}${parameters}</${operation}>` +
        '</soap:Body></soap:Envelope>',
    );
    expect(request.headers).toEqual({
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"http://tempuri.org/${operation}"`,
    });
  });

  it('carries the end of sending in Turkish time, and the choice for long texts', () => {
    const parcel = { ...oneText, expireAt: Date.UTC(2026, 10, 22, 21, 30, 5) };
    const request = buildWebServiceRequest(parcel, login, {
      operations: 'v1',
      onLengthProblem: 'SendAllPackage',
    });
    expect(request.body.toString()).toContain('<expiredate>23112026003005</expiredate>');
    expect(request.body.toString()).toContain('<onlengthproblem>SendAllPackage</onlengthproblem>');
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

const surface = webServiceSurface();
const context = { parcel: twoTexts, withheld: () => ['Merhaba Ali'], nowMs: 0 };
const read = (body: string, status = 200) =>
  surface.readReply({ status, headers: {}, body: Buffer.from(body) }, context);
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
    [fields('00', ''), uncertain('accepted-without-id')],
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
    [fields('120021', 'bir hata'), refused('120021', 'bir hata')],
    [fields('-5', ''), refused('-5', '')],
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

  it('says of each message what became of it, by its id, in the order of the parcel', () => {
    const rows: [string, string, string][] = [
      ['5321234568', 'm2', '31'],
      ['5321234567', 'm1', '0'],
    ];
    expect(v2('00', accepted.groupId, rows)).toEqual({
      outcome: accepted,
      perMessage: [accepted, refused('31', '')],
    });
  });

  it('goes by the number where it leaves the ids out', () => {
    const rows: [string, string, string][] = [
      ['5321234568', '', '00'],
      ['+90 532 123 45 67', '', '-1'],
    ];
    expect(v2('00', accepted.groupId, rows).perMessage).toEqual([refused('-1', ''), accepted]);
  });

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

  it('leaves it open where numbers repeat and ids are left out', () => {
    const rows: [string, string, string][] = [
      ['5321234567', '', '0'],
      ['5321234567', '', '31'],
    ];
    expect(v2('00', accepted.groupId, rows).perMessage).toEqual([
      uncertain('malformed-reply'),
      uncertain('malformed-reply'),
    ]);
  });

  it('takes our own ids for the group id that it leaves out', () => {
    const rows: [string, string, string][] = [
      ['5321234567', 'm1', '31'],
      ['5321234568', 'm2', '0'],
    ];
    expect(v2('00', '', rows)).toEqual({
      outcome: { kind: 'accepted', groupId: 'm2' },
      perMessage: [refused('31', ''), { kind: 'accepted', groupId: 'm2' }],
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
    ['cut', whole.slice(0, -20), 'malformed-reply'],
    ['cut early', whole.slice(0, 60), 'malformed-reply'],
    ['with a DOCTYPE', whole.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>'), 'malformed-reply'],
    ['of another root', '<?xml version="1.0"?><error>00 1</error>', 'malformed-reply'],
    ['empty', '', 'empty-reply'],
    ['a page', '<html><body>Hello</body></html>', 'html-reply'],
    ['words', 'Service temporarily unavailable', 'malformed-reply'],
  ])('%s: uncertain', (_what, body, cause) => {
    expect(read(body).outcome).toEqual(uncertain(cause));
  });

  it('but a plain reply is read as one', () => {
    expect(read('10 wrong user\r\n').outcome).toEqual(refused('10', 'wrong user'));
  });

  it.each([
    [500, { kind: 'uncertain', cause: 'http-5xx', status: 500 }],
    [503, { kind: 'unsent', cause: 'http-503' }],
    [401, { kind: 'refused', by: 'http', status: 401 }],
  ])('with %d counts by its status', (status, outcome) => {
    expect(read('<html>sorry</html>', status).outcome).toEqual(outcome);
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

it('any two fields make a reply, and a code that is not empty is never lost', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{1,6}$/), fc.string(), (code, text) => {
      expect(replyOfFields(code, text)).toMatchObject({ kind: 'reply', code });
    }),
  );
});
