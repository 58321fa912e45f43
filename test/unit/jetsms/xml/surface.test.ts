import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { ProviderRequest } from '../../../../src/jetsms/provider-request.ts';
import { buildXmlRequest } from '../../../../src/jetsms/xml/request.ts';
import { readXmlReply, xmlSurface } from '../../../../src/jetsms/xml/surface.ts';
import type { Charset } from '../../../../src/message/text.ts';
import { decode } from '../../../support/encode.ts';
import { refusedBy } from '../../../support/outcomes.ts';

const login = { username: 'acme', password: 'p<w&d', charset: 'utf-8' as Charset };
const requestOf = (...messages: [to: string, text: string][]): ProviderRequest => ({
  title: 'ACME',
  messages: messages.map(([to, text], index) => ({ id: `m${index}`, to, text })),
});
const documentOf = (request: ProviderRequest, charset: Charset = 'utf-8'): string =>
  decode(buildXmlRequest(request, { ...login, charset }).body, charset);

describe('the document', () => {
  it('is smmgsd for one text, with the elements of the vendor’s client in their order', () => {
    expect(
      documentOf(
        requestOf(['905321234567', 'Merhaba & hoş geldin'], ['905321234568', 'Merhaba & hoş geldin']),
      ),
    ).toBe(
      '<?xml version="1.0" encoding="utf-8"?><message-context type="smmgsd">' +
        '<username>acme</username><password>p&lt;w&amp;d</password><outbox-name>ACME</outbox-name>' +
        '<reference></reference><start-date></start-date><expire-date></expire-date>' +
        '<message-header></message-header><text>Merhaba &amp; hoş geldin</text>' +
        '<gsmnos>905321234567,905321234568</gsmnos></message-context>',
    );
  });

  it('is mmmgsd for different texts', () => {
    expect(
      documentOf(requestOf(['905321234567', 'Merhaba Ali'], ['905321234568', 'Merhaba Ayşe']), 'iso-8859-9'),
    ).toBe(
      '<?xml version="1.0" encoding="iso-8859-9"?><message-context type="mmmgsd">' +
        '<username>acme</username><password>p&lt;w&amp;d</password><outbox-name>ACME</outbox-name>' +
        '<reference></reference><start-date></start-date><expire-date></expire-date>' +
        '<message><gsmno>905321234567</gsmno><text>Merhaba Ali</text></message>' +
        '<message><gsmno>905321234568</gsmno><text>Merhaba Ayşe</text></message></message-context>',
    );
  });

  it('carries a reference, escaped', () => {
    expect(documentOf({ ...requestOf(['905321234567', 'a']), reference: 'a&b' })).toContain(
      '</outbox-name><reference>a&amp;b</reference><start-date>',
    );
  });

  it('carries the end of sending in Turkish time', () => {
    const expireAt = Date.UTC(2026, 10, 22, 21, 30, 5);
    expect(documentOf({ ...requestOf(['905321234567', 'a']), expireAt })).toContain(
      '<expire-date>23112026003005</expire-date>',
    );
  });

  it.each([Number.NaN, -1, 1e20, Date.UTC(10_000, 1, 1)])(
    'leaves out an end of %d, which cannot be written',
    (expireAt) => {
      expect(documentOf({ ...requestOf(['905321234567', 'a']), expireAt })).toContain(
        '<expire-date></expire-date>',
      );
    },
  );

  it.each(['utf-8', 'iso-8859-9'] as const)('says %s in its content type', (charset) => {
    const { headers } = buildXmlRequest(requestOf(['905321234567', 'a']), { ...login, charset });
    expect(headers).toEqual({ 'content-type': `text/xml; charset=${charset}` });
  });

  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    isArray: (name) => name === 'message',
  });
  /** Any character that XML 1.0 can hold. */
  const xmlText = fc
    .string({ unit: 'binary' })
    .map((text) => text.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''));
  const tricky = fc
    .array(
      fc.oneof(xmlText, fc.constantFrom('&', '<', '>', '"', "'", ']]>', '&amp;', '\r\n', 'ğ', 'İ', ' ', '€')),
    )
    .map((parts) => parts.join(''));

  it.each(['utf-8', 'iso-8859-9'] as const)(
    'in %s parses back to the same values, whatever they hold',
    (charset) => {
      const values = fc.record({
        username: tricky,
        password: tricky,
        title: tricky,
        texts: fc.array(tricky, { minLength: 1, maxLength: 4 }),
      });
      fc.assert(
        fc.property(values, ({ username, password, title, texts }) => {
          const messages = texts.map((text, index) => ({ id: '', to: `90532123456${index}`, text }));
          const { body } = buildXmlRequest({ title, messages }, { username, password, charset });
          const document = decode(body, charset);
          expect(XMLValidator.validate(document)).toBe(true);
          const context = parser.parse(document)['message-context'];
          expect([context.username, context.password, context['outbox-name']]).toEqual([
            username,
            password,
            title,
          ]);
          expect(sentIn(context)).toEqual(messages.map(({ to, text }) => ({ to, text })));
        }),
      );
    },
  );
});

interface ParsedContext {
  readonly text?: string;
  readonly gsmnos?: string;
  readonly message?: readonly { readonly gsmno: string; readonly text: string }[];
}

function sentIn({ text, gsmnos, message }: ParsedContext): { to: string; text: string | undefined }[] {
  if (message) return message.map(({ gsmno, text: own }) => ({ to: gsmno, text: own }));
  return (gsmnos ?? '').split(',').map((to) => ({ to, text }));
}

describe('the reply', () => {
  it.each([
    ['00 130228114512\r\n', { kind: 'accepted', groupId: '130228114512' }],
    ['10 wrong user', refusedBy('10', 'wrong user')],
    ['90 XML null', refusedBy('90', 'XML null')],
    ['55 ne oldu 905321234567', refusedBy('55', 'ne oldu *')],
    ['20', refusedBy('20', '')],
    ['204 Saat 22.00', refusedBy('204', 'Saat 22.00')],
    ['00 130228114512 extra', { kind: 'accepted', groupId: '130228114512' }],
    ['00 130228114512\r\n<!-- node2 -->', { kind: 'accepted', groupId: '130228114512' }],
    ['00 130228114512\r\nOK', { kind: 'accepted', groupId: '130228114512' }],
    ['00', { kind: 'accepted' }],
    ['00 OK', { kind: 'accepted' }],
    ['00 null', { kind: 'accepted' }],
    ['00 0', { kind: 'accepted' }],
    ['', { kind: 'uncertain', cause: 'empty-reply' }],
    ['<html><body>00 130228114512</body></html>', { kind: 'uncertain', cause: 'html-reply' }],
    ['Service temporarily unavailable', { kind: 'uncertain', cause: 'malformed-reply' }],
  ])('%j comes to its outcome', (body, outcome) => {
    expect(readXmlReply(Buffer.from(body))).toEqual(outcome);
  });

  const context = { request: requestOf(['905321234567', 'a']), redactions: () => [], nowMs: 0 };

  it('counts by its status where that is no 2xx, whatever the body says', () => {
    const body = Buffer.from('00 130228114512');
    expect(xmlSurface.readReply({ status: 404, headers: {}, body }, context).outcome).toEqual({
      kind: 'refused',
      by: 'http',
      status: 404,
    });
  });

  it.each([
    '4915123456789',
    '004915123456789',
    '905321234567',
    '05321234567',
    '905321234567905321234567',
    '905321234567001',
    '5321234567001',
    '26112805321234567',
    '491512345678901',
  ])('takes a recipient’s number that is echoed in %s for no id', (number) => {
    const request = requestOf(['905321234567', 'a'], ['4915123456789', 'b']);
    const reply = { status: 200, headers: {}, body: Buffer.from(`00 ${number}`) };
    expect(xmlSurface.readReply(reply, { ...context, request }).outcome).toEqual({ kind: 'accepted' });
  });

  it('takes an id for one that holds the digits of a number by chance', () => {
    const reply = { status: 200, headers: {}, body: Buffer.from('00 130532123456712') };
    expect(xmlSurface.readReply(reply, context).outcome).toMatchObject({ groupId: '130532123456712' });
  });

  it('keeps the row of the reply as it came, whatever is scrubbed from its words', () => {
    const reply = { status: 200, headers: {}, body: Buffer.from('90 XML null') };
    expect(xmlSurface.readReply(reply, { ...context, redactions: () => ['null'] }).outcome).toMatchObject({
      code: '90',
      row: { id: '90-xml-null', class: 'retryable' },
      text: 'XML *',
    });
  });

  it.each([201, 202, 206])('is read with %d as with 200', (status) => {
    const reply = { status, headers: {}, body: Buffer.from('00 130228114512') };
    expect(xmlSurface.readReply(reply, context).outcome).toEqual({
      kind: 'accepted',
      groupId: '130228114512',
    });
  });

  it.each([
    ['00 1302', { kind: 'accepted' }],
    ['10 wro', refusedBy('10', 'wro')],
    ['10', { kind: 'uncertain', cause: 'body-timeout' }],
    ['90 XML nu', { kind: 'uncertain', cause: 'body-timeout' }],
    ['<html>', { kind: 'uncertain', cause: 'body-timeout' }],
  ])('that broke off as %j says as much as is certain', (came, outcome) => {
    const reply = { status: 200, headers: {}, body: Buffer.from(came) };
    expect(xmlSurface.readReply(reply, { ...context, cut: 'body-timeout' }).outcome).toEqual(outcome);
  });

  it('does not repeat what it quotes of ours', () => {
    const body = Buffer.from('90 XML Parser Hatasi : near "Kodunuz 4821"');
    const reply = { status: 200, headers: {}, body };
    expect(
      xmlSurface.readReply(reply, { ...context, redactions: () => ['Kodunuz 4821'] }).outcome,
    ).toMatchObject({
      text: 'XML Parser Hatasi : near "*"',
    });
  });
});
