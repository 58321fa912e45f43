import { describe, expect, it } from 'vitest';
import { canAskByIds, createReportClient, type ReportClient } from '../../src/jetsms/reports.ts';
import type { AccountSettings } from '../../src/settings/account.ts';
import { accountSettings } from '../support/account-settings.ts';
import { refusedBy } from '../support/outcomes.ts';
import { httpReply, rawServer } from '../support/raw-server.ts';
import { soapResult } from '../support/soap-reply.ts';

const groupId = '2605201745161787848';
const webService = { surface: 'web-service', maxReplyBytes: 10_000 } as const;
const login = '<user>acme</user><password>correct horse</password>';

/** Asks an account whose server gives this one reply; returns the answer and the request. */
async function ask<Answer>(
  reply: string,
  question: (client: ReportClient) => Promise<Answer> | undefined,
  settings: Partial<AccountSettings> = {},
) {
  await using server = await rawServer((socket) => socket.end(reply));
  const client = createReportClient(accountSettings({ url: server.url, ...settings }));
  const answer = await question(client);
  await client.close();
  return { answer, request: server.requests[0] ?? '' };
}

const row = { messageId: '', number: '905321234567', status: '2', state: 'pending', isReal: true };
const rows = (...some: object[]) => ({ kind: 'rows', rows: some });

describe('reports', () => {
  it('of a group come from xmlreport beside xmlsms', async () => {
    const reply = httpReply(200, `${groupId} 905321234567 2\r\n`);
    const { answer, request } = await ask(reply, (client) => client.byGroup(groupId));
    expect(answer).toEqual(rows(row));
    expect(request).toMatch(
      /^GET \/SMS-Web\/xmlreport\?username=acme&password=correct\+horse&groupid=2605201745161787848&status=5 HTTP/,
    );
  });

  it('of a group come from ReportSMS over the web service', async () => {
    const result = '<ReportSMSResult><Phone>905321234567</Phone><Status>2</Status></ReportSMSResult>';
    const reply = httpReply(200, soapResult('ReportSMS', result));
    const { answer, request } = await ask(reply, (client) => client.byGroup(groupId), webService);
    expect(answer).toEqual(rows(row));
    expect(request).toContain('soapaction: "http://tempuri.org/ReportSMS"\r\n');
    expect(request).toContain(`>${login}<groupid>${groupId}</groupid><status>5</status></ReportSMS>`);
  });

  it('by own ids come from ReportSMS_V2', async () => {
    const result =
      '<ResponseCode>00</ResponseCode><MessageReportArray><MessageReport><GsmNumber>905321234567</GsmNumber>' +
      '<Status>2</Status><MessageId>m1</MessageId></MessageReport></MessageReportArray>';
    const reply = httpReply(200, soapResult('ReportSMS_V2', result));
    const { answer, request } = await ask(reply, (client) => client.byIds?.(['m1', 'm2']), webService);
    expect(answer).toEqual(rows({ ...row, messageId: 'm1' }));
    expect(request).toContain(
      `>${login}<messageIds><string>m1</string><string>m2</string></messageIds><status>5</status></ReportSMS_V2>`,
    );
  });

  const sought = {
    number: '905321234567',
    title: 'ACME',
    fromMs: Date.UTC(2026, 4, 20, 14, 45, 16),
    toMs: Date.UTC(2026, 4, 20, 21, 0, 0),
  };
  const detail =
    '<ReportSMSDetailedResult><Phone>905321234567</Phone><Status>2</Status><Originator>ACME</Originator>' +
    '<MessageText>Merhaba</MessageText></ReportSMSDetailedResult>';
  const found = rows({ ...row, title: 'ACME', text: 'Merhaba' });
  const searchBody =
    `>${login}<startdate>20052026174516</startdate><enddate>21052026000000</enddate>` +
    '<gsmnumber>905321234567</gsmnumber><originator>ACME</originator><istext>1</istext></ReportSMSDetail>';

  it('are found by number, title and time in Turkish time', async () => {
    const reply = httpReply(200, soapResult('ReportSMSDetail', detail));
    const { answer, request } = await ask(reply, (client) => client.search?.(sought), webService);
    expect(answer).toEqual(found);
    expect(request).toContain(searchBody);
  });

  it('are found over the web service of an XML account where the settings name it', async () => {
    await using second = await rawServer((socket) =>
      socket.end(httpReply(200, soapResult('ReportSMSDetail', detail))),
    );
    const reply = httpReply(200, `${groupId} 905321234567 2`);
    const settings = { webServiceUrl: second.url, maxReplyBytes: 10_000 };
    const { answer, request } = await ask(
      reply,
      async (client) => [await client.byGroup(groupId), await client.search?.(sought)],
      settings,
    );
    expect(answer).toEqual([rows(row), found]);
    expect(request).toContain('GET /SMS-Web/xmlreport?');
    expect(second.requests[0]).toContain(searchBody);
  });

  it('are asked for at reportUrl where that is set, never at the address of sends', async () => {
    await using reports = await rawServer((socket) =>
      socket.end(httpReply(200, `${groupId} 905321234567 2`)),
    );
    const client = createReportClient(
      accountSettings({ url: 'http://127.0.0.1:1/xmlsms', reportUrl: `${reports.url}/elsewhere` }),
    );
    expect(await client.byGroup(groupId)).toEqual(rows(row));
    expect(reports.requests[0]).toContain('GET /SMS-Web/xmlsms/elsewhere?username=acme&');
    await client.close();
  });

  it.each(['xml', 'web-service'] as const)('over %s say why there is no answer', async (surface) => {
    const why = async (reply: string) =>
      (await ask(reply, (client) => client.byGroup(groupId), { surface, maxReplyBytes: 500 })).answer;
    const because = (reason: object) => ({ kind: 'no-answer', why: reason });
    expect(await why(httpReply(503, '', 'retry-after: 3\r\n'))).toEqual(
      because({ kind: 'unsent', cause: 'http-503', retryAfterMs: 3000 }),
    );
    expect(await why(httpReply(404, 'yok'))).toEqual(because({ kind: 'refused', by: 'http', status: 404 }));
    // A cut list of rows: the rest may have held the one that is asked for.
    const cut = `HTTP/1.1 200 X\r\ncontent-length: 400\r\n\r\n${groupId} 905321234567 2\n`;
    expect(await why(cut)).toEqual(because({ kind: 'uncertain', cause: 'cut-reply' }));
    expect(await why(httpReply(200, `${groupId} 905321234567 2\n`.repeat(30)))).toEqual(
      because({ kind: 'uncertain', cause: 'reply-too-large' }),
    );
  });

  it('never take 11 for a lack of credit', async () => {
    const reply = httpReply(200, '11 - Unrecognized GroupId');
    const { answer } = await ask(reply, (client) => client.byGroup(groupId));
    const why = { ...refusedBy('11', '- Unrecognized GroupId'), row: undefined };
    expect(answer).toEqual({ kind: 'no-answer', why });
  });

  it('end where nobody wants them any more', async () => {
    await using server = await rawServer(() => {});
    const client = createReportClient(accountSettings({ url: server.url }));
    const stop = new AbortController();
    const answer = client.byGroup(groupId, { signal: stop.signal });
    stop.abort();
    expect(await answer).toMatchObject({ kind: 'no-answer', why: { cause: 'aborted' } });
    await client.close();
  });
});

describe('an account can be asked', () => {
  const asks = (settings: Partial<AccountSettings>) => {
    const account = accountSettings({ url: 'http://127.0.0.1:1/', ...settings });
    const { byIds, search } = createReportClient(account);
    expect(byIds !== undefined).toBe(canAskByIds(account));
    return { byIds: byIds !== undefined, search: search !== undefined };
  };

  it.each([
    [{ surface: 'xml' }, false, false],
    [{ surface: 'xml', webServiceUrl: 'http://127.0.0.1:1/ws' }, false, true],
    [{ surface: 'web-service' }, true, true],
    [{ surface: 'web-service', webServiceOperations: 'v1' }, false, true],
    [{ surface: 'web-service', messageType: 'flash' }, false, true],
    [{ surface: 'web-service', messageHeader: 'x' }, false, true],
  ] as const)('with %j by own ids: %s, by a search: %s', (settings, byIds, search) => {
    expect(asks(settings)).toEqual({ byIds, search });
  });
});
