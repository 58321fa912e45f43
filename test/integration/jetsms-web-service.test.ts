import { describe, expect, it } from 'vitest';
import { createAccountQueries } from '../../src/jetsms/account-queries.ts';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import type { ProviderRequest } from '../../src/jetsms/provider-request.ts';
import { accountSettings } from '../support/account-settings.ts';
import { refusedBy } from '../support/outcomes.ts';
import { httpReply, rawServer } from '../support/raw-server.ts';
import { soapFault, soapResult, v2Result } from '../support/soap-reply.ts';

const request: ProviderRequest = {
  title: 'ACME',
  messages: [{ id: 'm1', to: '905321234567', text: 'Merhaba Ayşe' }],
};
const webService = { surface: 'web-service', maxReplyBytes: 10_000 } as const;

describe('a client of the web service', () => {
  it('posts the operation and reads what became of each message', async () => {
    const result = v2Result('00', '2605201745161787848', [['5321234567', 'm1', '0']]);
    const reply = httpReply(200, soapResult('SendSMSBroadcast_V2', result));
    await using server = await rawServer((socket) => socket.write(reply));
    const client = createJetsmsClient(accountSettings({ url: server.url, ...webService }));
    const accepted = { kind: 'accepted', groupId: '2605201745161787848' };
    expect(await client.send(request)).toMatchObject({
      outcome: accepted,
      perMessage: [accepted],
      status: 200,
    });
    await client.close();
    expect(server.requests[0]).toContain('soapaction: "http://tempuri.org/SendSMSBroadcast_V2"\r\n');
  });

  it.each([
    ['soap:Client', { kind: 'refused', code: 'soap-fault', text: 'bad *' }],
    ['soap:Server', { kind: 'uncertain', cause: 'server-fault' }],
  ])('reads a fault of %s behind a 500', async (code, outcome) => {
    const reply = httpReply(500, soapFault(code, 'bad correct horse'));
    await using server = await rawServer((socket) => socket.write(reply));
    const client = createJetsmsClient(accountSettings({ url: server.url, ...webService }));
    expect(await client.send(request)).toMatchObject({ outcome, status: 500 });
    await client.close();
  });

  it('counts a fault that is cut as a 500', async () => {
    await using server = await rawServer((socket) =>
      socket.end(httpReply(500, soapFault('soap:Client', 'bad')).slice(0, -9)),
    );
    const client = createJetsmsClient(accountSettings({ url: server.url, ...webService }));
    expect((await client.send(request)).outcome).toMatchObject({ kind: 'uncertain', cause: 'http-5xx' });
    await client.close();
  });
});

const answer = (value: unknown) => ({ kind: 'answer', value });
const because = (why: object) => ({ kind: 'no-answer', why });
const wrongUser = refusedBy('10', 'wrong user');
const strings = (...values: string[]) => values.map((value) => `<string>${value}</string>`).join('');

/** Asks an account whose server gives this one reply; returns the answer and the request. */
async function query(surface: 'xml' | 'web-service', question: 'credit' | 'titles', reply: string) {
  await using server = await rawServer((socket) => socket.write(reply));
  const queries = createAccountQueries(accountSettings({ url: server.url, surface }));
  const said = await queries[question]();
  await queries.close();
  return { said, request: server.requests[0] ?? '' };
}

describe('account queries', () => {
  it.each([
    ['1250', answer(1250)],
    ['1250,50\r\n', answer(1250.5)],
    ['0', answer(0)],
    ['10 wrong user', because(wrongUser)],
    ['03', because(refusedBy('03', ''))],
    ['', because({ kind: 'uncertain', cause: 'empty-reply' })],
    ['<html>login</html>', because({ kind: 'uncertain', cause: 'html-reply' })],
    ['çok', because({ kind: 'uncertain', cause: 'malformed-reply' })],
  ])('over examine read the credit %j', async (body, expected) => {
    const { said, request } = await query('xml', 'credit', httpReply(200, body));
    expect(said).toEqual(expected);
    expect(request).toMatch(
      /^GET \/SMS-Web\/examine\?username=acme&password=correct\+horse&type=charge HTTP/,
    );
  });

  it.each([
    ['ACME\r\nACME BANK\r\n34 TAKSI', answer(['ACME', 'ACME BANK', '34 TAKSI'])],
    ['ACME;ŞOK', answer(['ACME', 'ŞOK'])],
    ['', answer([])],
    ['10 wrong user', because(wrongUser)],
  ])('over examine read the titles %j', async (body, expected) => {
    const { said, request } = await query('xml', 'titles', httpReply(200, body));
    expect(said).toEqual(expected);
    expect(request).toContain('&type=titles ');
  });

  it.each([
    ['1250', answer(1250)],
    ['10 wrong user', because(wrongUser)],
  ])('over the web service read the quota %j', async (result, expected) => {
    const reply = httpReply(200, soapResult('ReportQuota', result));
    const { said, request } = await query('web-service', 'credit', reply);
    expect(said).toEqual(expected);
    expect(request).toContain(
      '<ReportQuota xmlns="http://tempuri.org/"><user>acme</user><password>correct horse</password></ReportQuota>',
    );
  });

  it.each([
    [strings('ACME', '34 TAKSI'), answer(['ACME', '34 TAKSI'])],
    [strings('ACME'), answer(['ACME'])],
    ['', answer([])],
    [strings('10 wrong user'), because(wrongUser)],
  ])('over the web service read the originators %j', async (result, expected) => {
    const reply = httpReply(200, soapResult('ReportOriginator', result));
    expect((await query('web-service', 'titles', reply)).said).toEqual(expected);
  });

  it.each(['xml', 'web-service'] as const)('over %s say why there is no answer', async (surface) => {
    const busy = httpReply(503, '', 'retry-after: 3\r\n');
    expect((await query(surface, 'credit', busy)).said).toEqual(
      because({ kind: 'unsent', cause: 'http-503', retryAfterMs: 3000 }),
    );
  });

  it('find examine beside an address that ends with a slash', async () => {
    await using server = await rawServer((socket) => socket.write(httpReply(200, '7')));
    const queries = createAccountQueries(accountSettings({ url: `${server.url}/` }));
    expect(await queries.credit()).toEqual(answer(7));
    await queries.close();
    expect(server.requests[0]).toMatch(/^GET \/SMS-Web\/examine\?/);
  });
});
