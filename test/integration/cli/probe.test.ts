import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { settledBy } from '../../../src/jetsms/assumptions.ts';
import { soapResult } from '../../support/soap-reply.ts';
import { type CaptureOptions, captureCli } from '../../unit/cli/capture.ts';

const groupId = '2605201745161787848';
const number = '905321234567';
const env = {
  JETSMS_USERNAME: 'shop-user',
  JETSMS_PASSWORD: 'correct-horse',
  JETSMS_TITLE: 'DEMO TITLE',
};

/** What the server was asked: an operation and the body or query. */
interface Asked {
  readonly name: string;
  readonly text: string;
}

/** A JetSMS of the test, which answers each operation as `answers` says; what it lacks is a 404. */
async function withServer<Result>(
  answers: Readonly<Record<string, (text: string, nth: number) => string>>,
  use: (url: string, asked: readonly Asked[]) => Promise<Result>,
): Promise<Result> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = request.url ?? '';
    for await (const piece of request) text += piece;
    const action = /(\w+)"?$/.exec(String(request.headers['soapaction'] ?? ''))?.[1];
    const name = action ?? /\/(\w+)(?:\?|<|$)/.exec(text)?.[1] ?? '';
    asked.push({ name, text });
    const answer = answers[name];
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.end(answer?.(text, asked.filter((one) => one.name === name).length));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await use(`http://127.0.0.1:${port}/SMS-Web/xmlsms`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const idOf = (text: string): string => /<messageIds><string>(\w+)<\/string>/.exec(text)?.[1] ?? '';
const row = (element: string, fields: Record<string, string>): string =>
  `<${element}>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</${element}>`;

/** A web service that knows each id that it was sent, from the second question on. */
function webService() {
  const known = new Set<string>();
  const texts: string[] = [];
  return {
    ReportQuota: (_: string, nth: number) => soapResult('ReportQuota', String(250 - nth)),
    SendSMSBroadcast_V2(text: string) {
      known.add(idOf(text));
      texts.push(/<broadcastMessage>(.*?)</.exec(text)?.[1] ?? '');
      const rows = row('ResponseGroupId', { GsmNumber: number, MessageId: idOf(text), Status: '0' });
      return soapResult(
        'SendSMSBroadcast_V2',
        `<ResponseCode>00</ResponseCode><ResponseMessage>${groupId}</ResponseMessage><ResponseGroupIdArray>${rows}</ResponseGroupIdArray>`,
      );
    },
    ReportSMS: (text: string) =>
      soapResult(
        'ReportSMS',
        text.includes(groupId)
          ? row('ReportSMSResult', { ID: groupId, Phone: '5321234567', Status: '1', DeliveredDate: '' })
          : '',
      ),
    ReportSMS_V2(text: string, nth: number) {
      const isKnown = known.has(idOf(text)) && nth > 2;
      const fields = { GsmNumber: number, MessageId: idOf(text), Status: '1' };
      const rows = isKnown ? row('MessageReport', fields) : '';
      return soapResult(
        'ReportSMS_V2',
        `<ResponseCode>00</ResponseCode><MessageReportArray>${rows}</MessageReportArray>`,
      );
    },
    ReportSMSDetail: () =>
      soapResult(
        'ReportSMSDetail',
        ['Kodunuz 4711', texts.at(-1) ?? '']
          .map((text) => row('ReportSMSDetailedResult', { Phone: number, Status: '1', MessageText: text }))
          .join(''),
      ),
  };
}

const probe = (args: readonly string[], options: CaptureOptions & { readonly url: string }) =>
  captureCli(['probe', '--to', '0532 123 45 67', '--for', '2s', ...args], {
    ...options,
    env: { ...env, JETSMS_URL: options.url, ...options.env },
  });
const overSoap = { JETSMS_SURFACE: 'web-service' };

/** What nobody may read in an issue. */
function expectPrivate(lines: readonly string[]): void {
  const text = lines.join('\n');
  for (const secret of [number, '5321234567', 'correct-horse', 'shop-user', 'DEMO TITLE', groupId, '4711']) {
    expect(text).not.toContain(secret);
  }
  expect(text).not.toMatch(/\d{7}/);
}

describe('jetsms probe', () => {
  it('walks through everything that the web service can be asked, and shows it masked', async () => {
    await withServer(webService(), async (url, asked) => {
      const { exitCode, out } = await probe(['--yes', '--repeat', '--for', '4s'], { url, env: overSoap });
      expect(exitCode).toBe(0);
      const steps = out
        .filter((line) => /^[a-z][\w -]+ \([\d.]+ s\)/.test(line))
        .map((line) => line.replace(/\(.*? s\)/, ''));
      expect(steps).toEqual([
        expect.stringMatching(/^send : accepted, group id of 19 digits.*; its recipient accepted$/),
        'unknown-group : no rows',
        'unknown-id : no rows',
        expect.stringMatching(/^group-report : 1 row: status 1 \(delivered\), our number in 10 characters/),
        'own-id : no rows',
        expect.stringMatching(/^search : 2 rows: .*our text; 1 with another text$/),
        expect.stringMatching(/^own-id : 1 row: status 1 \(delivered\), .*, our id/),
        expect.stringMatching(/^repeat : accepted/),
        expect.stringMatching(/^repeat of group-report : 1 row/),
        expect.stringMatching(/^repeat of own-id : 1 row/),
        expect.stringMatching(/^repeat of search : 2 rows/),
        'credit : the credit is less by 1',
      ]);
      expect(out).toContain(`  settles: ${settledBy('own-id', 'web-service').join(', ')}`);
      expect(out.join('\n')).toContain('<Phone><your number></Phone>');
      expect(out.at(-5)).toBe('The probe came to its end. SMS sent, or perhaps sent: 2.');
      expectPrivate(out.slice(1));

      const sends = asked.filter(({ name }) => name.startsWith('SendSMS')).map(({ text }) => idOf(text));
      expect(sends).toHaveLength(2);
      expect(new Set(sends).size).toBe(1);
      const questions = asked.filter(({ name }) => name === 'ReportSMS_V2').map(({ text }) => idOf(text));
      expect(new Set(questions).size).toBe(2);
    });
  });

  it('asks over XML by group id alone, and sends once', async () => {
    const answers = {
      examine: () => '250,5',
      xmlsms: () => `00 ${groupId}\r\n`,
      xmlreport: (text: string, nth: number) =>
        text.includes(groupId)
          ? `${groupId} ${number} ${nth > 3 ? '1 20052026174602' : '2'}\r\n`
          : '11 - Yok',
    };
    await withServer(answers, async (url, asked) => {
      const { exitCode, out } = await probe(['--yes', '--json', '--for', '30s'], { url });
      expect(exitCode).toBe(0);
      const { steps, ...rest } = JSON.parse(out.join('\n'));
      expect(rest).toMatchObject({ surface: 'xml', canAskByIds: false, sent: 1, end: 'done' });
      expect(steps).toMatchObject([
        { step: 'send', reply: { status: 200, body: '00 <19 digits>\r\n' } },
        { step: 'unknown-group', says: 'refused with 11 (of reports: the group id is not known)' },
        { step: 'group-report', reply: { body: '<19 digits> <your number> 2\r\n' } },
        {
          step: 'group-report',
          reply: { body: '<19 digits> <your number> 1 <time ddMMyyyyHHmmss>\r\n' },
          settles: settledBy('group-report', 'xml'),
        },
        { step: 'credit', says: 'the credit is less by 0' },
      ]);
      expect(steps.at(-1)).not.toHaveProperty('reply');
      expect(asked.filter(({ name }) => name === 'xmlsms')).toHaveLength(1);
      expectPrivate(out.filter((line) => !line.includes('"at"')));
    });
  });

  it('asks nothing about a message that JetSMS did not take', async () => {
    await withServer({ xmlsms: () => `12 wrong title DEMO TITLE` }, async (url, asked) => {
      const { exitCode, out } = await probe(['--yes'], { url });
      expect(exitCode).toBe(1);
      expect(out.join('\n')).toMatch(/^send \(0\.0 s\): refused with 12/m);
      expect(out.join('\n')).toContain('JetSMS did not take the message');
      expect(asked.map(({ name }) => name)).toEqual(['examine', 'xmlsms']);
      expectPrivate(out.slice(1));
    });
  });

  it('sends nothing in a dry run, nor where nobody agrees', async () => {
    await withServer({}, async (url, asked) => {
      const plan = await probe(['--dry-run', '--repeat'], { url });
      expect(plan.exitCode).toBe(0);
      expect(plan.out[0]).toMatch(
        /^This sends 2 SMS, 2 parts, .* to \+90\*{5}67 under the title DEMO TITLE:$/,
      );
      const nobody = await probe([], { url });
      expect(nobody.exitCode).toBe(2);
      expect(nobody.err.at(-1)).toContain('NOT_CONFIRMED');
      const declined = await probe([], { url, stdin: 'terminal' });
      expect(declined.err.at(-1)).toBe('Nothing was sent.');
      expect(asked).toEqual([]);
    });
  });

  it('refuses a number that is none before it asks anybody', async () => {
    const { exitCode, err } = await captureCli(['probe', '--to', '123', '--yes'], {
      env: { ...env, JETSMS_URL: 'http://127.0.0.1:1/xmlsms' },
    });
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toContain('NUMBER_');
  });

  it('ends early at Ctrl-C, with what it has seen', async () => {
    const stop = new AbortController();
    const answers = { xmlsms: () => `00 ${groupId}`, xmlreport: () => `${groupId} ${number} 2` };
    await withServer(answers, async (url, asked) => {
      const { exitCode, out } = await probe(['--yes', '--repeat', '--for', '1h'], {
        url,
        stop: stop.signal,
        onOut: (line) => line.startsWith('group-report') && stop.abort(),
      });
      expect(exitCode).toBe(1);
      expect(out.join('\n')).toContain('The probe was ended early. SMS sent, or perhaps sent: 1.');
      expect(out.join('\n')).not.toMatch(/^repeat|^credit|aborted/m);
      expect(asked.filter(({ name }) => name === 'xmlsms')).toHaveLength(1);
    });
  });

  it('does not wait for the reply of a send at Ctrl-C, and says that it may have been taken', async () => {
    const stop = new AbortController();
    const xmlsms = () => {
      stop.abort();
      return `00 ${groupId}`;
    };
    await withServer({ xmlsms }, async (url, asked) => {
      const { exitCode, out } = await probe(['--yes', '--json'], { url, stop: stop.signal });
      expect(exitCode).toBe(1);
      expect(JSON.parse(out.join('\n'))).toMatchObject({
        sent: 1,
        end: 'stopped',
        steps: [{ step: 'send', says: 'no certain answer (aborted)' }],
      });
      expect(asked.map(({ name }) => name)).toEqual(['examine', 'xmlsms']);
    });
  });

  it('tells nothing of a question that Ctrl-C has cut off', async () => {
    const stop = new AbortController();
    const xmlreport = () => {
      stop.abort();
      return `${groupId} ${number} 2`;
    };
    await withServer({ xmlsms: () => `00 ${groupId}`, xmlreport }, async (url) => {
      const { out } = await probe(['--yes', '--json', '--repeat'], { url, stop: stop.signal });
      const { steps, end } = JSON.parse(out.join('\n'));
      expect(steps.map(({ step }: { step: string }) => step)).toEqual(['send']);
      expect(end).toBe('stopped');
    });
  });
});
