import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { encode } from '../support/encode.ts';

const account = { username: 'firma', password: 'g<z&i', titles: ['BASLIK', 'ŞİRKET'] };
const accepted = /^00 \d{19}$/;

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator({ accounts: [account] });
  await simulator.listen();
});
afterEach(() => simulator.close());

async function post(body: string | Buffer, headers: Record<string, string> = {}, path = '/SMS-Web/xmlsms') {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const response = await fetch(simulator.url + path, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers,
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** As the vendor's client writes one text for many numbers: every head element, those not given empty. */
function vendorOneText(change: Record<string, string> = {}): string {
  const head = {
    username: 'firma',
    password: 'g&lt;z&amp;i',
    'outbox-name': 'BASLIK',
    reference: '',
    'start-date': '',
    'expire-date': '',
    'message-header': '',
    text: 'Sayın müşterimiz, İyi günler',
    gsmnos: '5321234567,5321234568',
    ...change,
  };
  const elements = Object.entries(head).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<?xml version="1.0" encoding="utf-8"?><message-context type="smmgsd">${elements.join('')}</message-context>`;
}

describe('requests in the shapes of the public clients', () => {
  const turkish = 'Sayın müşterimiz, İyi günler ğüşıöç ĞÜŞİÖÇ';

  const shapes: readonly (readonly [string, string | Buffer, Record<string, string>, readonly string[]])[] = [
    [
      "the vendor's, one text",
      vendorOneText({ text: turkish }),
      { 'Content-Type': 'text/xml' },
      [`905321234567|${turkish}`, `905321234568|${turkish}`],
    ],
    [
      "the vendor's, many texts",
      '<?xml version="1.0" encoding="utf-8"?>\n<message-context type="mmmgsd">\n' +
        '  <username>firma</username>\n  <password>g&lt;z&amp;i</password>\n' +
        '  <outbox-name>ŞİRKET</outbox-name>\n  <reference></reference>\n  <start-date></start-date>\n' +
        '  <expire-date></expire-date>\n  <message>\n    <gsmno>5321234567</gsmno>\n    <text>Bir</text>\n' +
        '  </message>\n  <message>\n    <gsmno>5321234568</gsmno>\n    <text>İki</text>\n  </message>\n' +
        '</message-context>\n',
      { 'Content-Type': 'text/xml' },
      ['905321234567|Bir', '905321234568|İki'],
    ],
    [
      'PHP with gsmnos inside message, ISO-8859-9 and curl’s default type',
      encode(
        '<?xml version="1.0" encoding="iso-8859-9"?><message-context type="smmgsd"><username>firma</username>' +
          '<password>g&lt;z&amp;i</password><outbox-name>BASLIK</outbox-name><start-date/><expire-date/>' +
          `<text>${turkish}</text><message><gsmnos>5321234567,5321234568</gsmnos></message></message-context>`,
        'iso-8859-9',
      ),
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      [`905321234567|${turkish}`, `905321234568|${turkish}`],
    ],
    [
      'PHP with the shortest form',
      encode(
        '<?xml version="1.0" encoding="iso-8859-9"?>\r\n<message-context type="smmgsd">\r\n' +
          '<username>firma</username>\r\n<password>g&lt;z&amp;i</password>\r\n<outbox-name>BASLIK</outbox-name>\r\n' +
          '<text>Wi-Fi şifreniz: 1234</text>\r\n<gsmnos>905321234567</gsmnos>\r\n</message-context>',
        'iso-8859-9',
      ),
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      ['905321234567|Wi-Fi şifreniz: 1234'],
    ],
    [
      'Delphi with message-type, a reference of 0 and 12-digit numbers',
      encode(
        '<?xml version="1.0" encoding="iso-8859-9"?><message-context type="mmmgsd"><username>firma</username>' +
          '<password>g&lt;z&amp;i</password><outbox-name>BASLIK</outbox-name><reference>0</reference>' +
          '<message><gsmno>905321234567</gsmno><message-type>0</message-type><text>3 > 2 &lt; 5</text></message>' +
          '</message-context>',
        'iso-8859-9',
      ),
      { 'Content-Type': 'text/xml' },
      ['905321234567|3 > 2 < 5'],
    ],
    [
      'Ruby with a utf-8 header and an iso-8859-9 prolog',
      encode(
        vendorOneText({ text: turkish, gsmnos: '5321234567' }).replace('utf-8', 'iso-8859-9'),
        'iso-8859-9',
      ),
      { 'Content-Type': 'text/xml; charset=utf-8' },
      [`905321234567|${turkish}`],
    ],
    [
      'Ruby without an encoding in the prolog',
      vendorOneText({ gsmnos: '5321234567', text: 'Merhaba' }).replace(' encoding="utf-8"', ''),
      { 'Content-Type': 'text/xml; charset=utf-8' },
      ['905321234567|Merhaba'],
    ],
    [
      'a charset in the header only',
      encode(vendorOneText({ text: turkish, gsmnos: '5321234567' }).replace(/<\?.*?\?>/, ''), 'iso-8859-9'),
      { 'Content-Type': 'text/xml; charset=iso-8859-9' },
      [`905321234567|${turkish}`],
    ],
  ];

  it.each(shapes)('%s', async (_, body, headers, expected) => {
    const reply = await post(body, headers);
    expect(reply).toMatchObject({ status: 200, text: expect.stringMatching(accepted) });
    expect(simulator.accepted.map(({ to, text }) => `${to}|${text}`)).toEqual(expected);
    expect(simulator.accepted.every(({ groupId }) => reply.text === `00 ${groupId}`)).toBe(true);
  });

  it.each(['/SMS-Web/xmlsms', '/SMS-Web/xmlsms/', '/SMS-Web8/xmlsms'])(
    'finds the interface at %s',
    async (path) => {
      expect((await post(vendorOneText(), {}, path)).text).toMatch(accepted);
    },
  );

  it('answers 404 elsewhere', async () => {
    expect((await post(vendorOneText(), {}, '/')).status).toBe(404);
  });
});

describe('refusals in the literal words of the list', () => {
  it.each<[string, string | Buffer]>([
    ['10 wrong user', vendorOneText({ password: 'x' })],
    ['10 wrong user', vendorOneText({ username: '' })],
    ['12 wrong title', vendorOneText({ 'outbox-name': 'YOK' })],
    ['30 Originator must be fill', vendorOneText({ 'outbox-name': '' })],
    ['31 Gsm number must be fill', vendorOneText({ gsmnos: '' })],
    ['31 Gsm number must be fill', vendorOneText({ gsmnos: '02121234567' })],
    ['80 XML Error : Unexpected SMS characters', vendorOneText({ text: 'Merhaba &#x1F600;' })],
    [
      '85 Mesaj 160 den uzun. Max 612 olabilir.Musteri Hizmetlerini arayiniz.',
      vendorOneText({ text: 'x'.repeat(161) }),
    ],
    ['90 XML null', ''],
    ['90 XML Parser Hatasi : Undefined entity', vendorOneText({ text: 'T&uuml;rk&ccedil;e' })],
    ['90 message-context type gecersiz', vendorOneText().replace('smmgsd', 'mms')],
    ['90 expire-date gecmis', vendorOneText({ 'expire-date': '01042003153000' })],
  ])('%s', async (expected, body) => {
    expect(await post(body)).toMatchObject({ status: 200, text: expected });
    expect(simulator.accepted).toEqual([]);
  });

  it('answers a parser error to every cut of a document', async () => {
    const document = vendorOneText();
    for (const length of [1, 60, 200, document.length - 1]) {
      expect((await post(document.slice(0, length))).text).toMatch(/^90 XML Parser Hatasi : ./);
    }
  });

  it('answers 76 to an account that may not send by XML, 77 to a closed one', async () => {
    simulator.accounts.update('firma', { surfaces: ['web-service'] });
    expect((await post(vendorOneText())).text).toBe('76 forbidden send message with xml');
    simulator.accounts.update('firma', { open: false });
    expect((await post(vendorOneText())).text).toBe('77 non authentication for send message');
    expect(simulator.stats().refusedByCode).toEqual({ '76': 1, '77': 1 });
  });

  it('answers XML null to a GET', async () => {
    expect(await (await fetch(simulator.xmlUrl)).text()).toBe('90 XML null');
  });
});

describe('credit', () => {
  it('is consumed by parts, refuses the whole package when it runs out, and can be topped up', async () => {
    simulator.accounts.update('firma', { credit: 5, maxTextLength: 306 });
    const twoParts = vendorOneText({ text: 'x'.repeat(161) });
    expect((await post(twoParts)).text).toMatch(accepted);
    expect((await post(twoParts)).text).toBe('11 not enough limit');
    expect(simulator.accounts.list()[0]?.credit).toBe(1);
    simulator.topUp('firma', 3);
    expect((await post(twoParts)).text).toMatch(accepted);
    expect(simulator.stats()).toMatchObject({
      acceptedMessages: 4,
      acceptedParts: 8,
      refusedByCode: { '11': 1 },
    });
  });

  it('cannot be topped up for an account that is not there', () => {
    expect(() => simulator.topUp('yok', 1)).toThrow(expect.objectContaining({ code: 'SIMULATOR_INPUT' }));
  });
});

describe('a simulator', () => {
  it('gives a group id to every request, each larger than the one before', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(vendorOneText())));
    const ids = replies.map(({ text }) => text.slice(3));
    expect(new Set(ids).size).toBe(20);
    expect(ids[0]).toMatch(/^\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d){2}\d{7}$/);
  });

  it('takes a thousand messages in one request, and counts a repeated number twice', async () => {
    const messages = Array.from(
      { length: 1_000 },
      (_, i) => `<message><gsmno>${5_320_000_000 + (i % 999)}</gsmno><text>Kod &amp; ${i}</text></message>`,
    );
    const head =
      '<username>firma</username><password>g&lt;z&amp;i</password><outbox-name>BASLIK</outbox-name>';
    await post(`<message-context type="mmmgsd">${head}${messages.join('')}</message-context>`);
    expect(simulator.counts().size).toBe(999);
    expect(simulator.counts().get('905320000000')).toBe(2);
    expect(simulator.counts('message').size).toBe(1_000);
  });

  it('ends a line as it is told', async () => {
    await using other = createSimulator({ accounts: [account], lineEnd: '\r\n' });
    await other.listen();
    const response = await fetch(other.xmlUrl, { method: 'POST', body: vendorOneText() });
    expect(await response.text()).toMatch(/^00 \d{19}\r\n$/);
  });

  it('refuses a body that is too large with 413', async () => {
    await using other = createSimulator({ maxBodyBytes: 100 });
    await other.listen();
    const response = await fetch(other.xmlUrl, { method: 'POST', body: vendorOneText() });
    expect(response.status).toBe(413);
  });

  it('does nothing before it listens', () => {
    expect(() => createSimulator().xmlUrl).toThrow(
      expect.objectContaining({ code: 'SIMULATOR_NOT_LISTENING' }),
    );
  });

  it('can go away and come back at the same port, with everything it knew', async () => {
    await post(vendorOneText());
    const port = Number(new URL(simulator.url).port);
    await simulator.close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    await simulator.listen({ port });
    await post(vendorOneText());
    expect(simulator.accepted).toHaveLength(4);
  });

  it('forgets what it was told and what it recorded on reset', async () => {
    simulator.accounts.update('firma', { open: false });
    simulator.faults.add({ kind: 'hang' });
    await simulator.accounts.add({ username: 'b', password: 'b' });
    simulator.reset();
    expect((await post(vendorOneText())).text).toMatch(accepted);
    simulator.reset();
    expect(simulator.stats()).toMatchObject({ requests: 0, acceptedMessages: 0, refusedByCode: {} });
    expect(simulator.accounts.list()).toHaveLength(1);
  });
});
