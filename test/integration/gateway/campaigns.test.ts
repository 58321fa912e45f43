import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberAt } from '../../support/delivery.ts';
import { fullGrant, type GatewayWorld, openGateway } from '../../support/gateway-world.ts';

let world: GatewayWorld;

beforeAll(async () => {
  world = await openGateway({
    grants: {
      otp: { ...fullGrant, id: 'k2', lanes: ['otp'] },
      bulk: { ...fullGrant, id: 'k3', lanes: ['bulk'] },
    },
    producer: { requestSize: 100 },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const ndjson = {
  'content-type': 'application/x-ndjson',
  'campaign-text': encodeURIComponent('İndirim başladı.'),
};
const csv = { ...ndjson, 'content-type': 'text/csv' };
const lines = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `"${numberAt(n)}"`);

const send = (campaign: string, body: string, headers: Readonly<Record<string, string>> = ndjson) =>
  world.ask('POST', `/v1/campaigns?campaign=${campaign}`, body, headers);

describe('POST /v1/campaigns', () => {
  it('stores a list of NDJSON, and tells of each line that is none', async () => {
    const body = [
      ...lines(250),
      '{',
      '"0212 123 45 67"',
      `{"to":"${numberAt(9_999)}","text":"Size özel"}`,
      '{"too":"1"}',
    ];
    const { status, body: receipt } = await send('ndjson', body.join('\n'));
    expect(status).toBe(202);
    expect(receipt).toMatchObject({
      campaign: 'ndjson',
      account: 'acme',
      lane: 'bulk',
      messages: 251,
      refused: 3,
    });
    expect(receipt.problems).toMatchObject([
      { index: 250, code: 'LINE_UNREADABLE', field: 'line' },
      { index: 251, code: 'NUMBER_NOT_MOBILE', field: 'to' },
      { index: 253, code: 'LINE_FIELD_UNKNOWN', field: 'line' },
    ]);
    expect(await world.producer.campaign('ndjson')).toMatchObject({ messages: 251, waiting: 251 });
  });

  it('stores a CSV with a text and notes for each', async () => {
    const body = `to;text;meta.orderId\n${numberAt(1)};"Merhaba; Ece";17\n${numberAt(2)};;\n`;
    expect((await send('csv', body, csv)).body).toMatchObject({ messages: 2, refused: 0 });
  });

  it('speaks Turkish to those who wish for it, facts of the case included', async () => {
    const long = JSON.stringify({ to: '0532 123 45 67', text: 'a'.repeat(2_000) });
    const { body, headers } = await send('turkish', `"x"\n${long}`, { ...ndjson, 'accept-language': 'tr' });
    expect(headers.get('content-language')).toBe('tr');
    expect(body.problems[0].detail).toMatch(/^Böyle bir numara olamaz/);
    expect(body.problems[1]).toMatchObject({
      code: 'TEXT_TOO_LONG',
      detail: expect.stringContaining('2000'),
    });
    expect(body.problems[1].detail).toMatch(/^Metin /);
  });

  it('adds what is missing where the list broke off before, and nothing where it is whole', async () => {
    const all = lines(450);
    async function* broken() {
      yield Buffer.from(`${all.slice(0, 230).join('\n')}\n`);
      await new Promise<never>((_resolve, reject) => setTimeout(reject, 200, new Error('the line is cut')));
    }
    const cut = fetch(`${world.url}/v1/campaigns?campaign=cut`, {
      method: 'POST',
      headers: { ...ndjson, authorization: 'Bearer full' },
      body: Readable.toWeb(Readable.from(broken())),
      duplex: 'half',
    });
    await expect(cut).rejects.toThrow();
    const { body: receipt } = await send('cut', all.join('\n'));
    expect(receipt).toMatchObject({ messages: 450, duplicates: 200 });
    expect((await send('cut', all.join('\n'))).body).toMatchObject({ messages: 450, duplicates: 450 });
    expect(await world.producer.campaign('cut')).toMatchObject({ messages: 450 });
  });

  it('refuses another list under the same name', async () => {
    await send('taken', lines(10).join('\n'));
    expect(await send('taken', lines(11).join('\n'))).toMatchObject({
      status: 422,
      body: { code: 'CAMPAIGN_CONFLICT', fields: ['to'] },
    });
  });

  it('checks and counts only, in a dry run', async () => {
    const { body } = await send('dry&dryRun=true', lines(10).join('\n'));
    expect(body).toMatchObject({ messages: 10 });
    expect(await world.ask('GET', '/v1/campaigns/dry')).toMatchObject({ status: 404 });
  });

  it.each([
    ['a!', ndjson, 422, { code: 'CAMPAIGN_INVALID', errors: [{ parameter: 'campaign' }] }],
    ['a&lane=fast', ndjson, 422, { code: 'LANE_UNKNOWN', errors: [{ parameter: 'lane' }] }],
    ['a&when=now', ndjson, 400, { code: 'PARAMETER_UNKNOWN' }],
    ['a&account=nope', ndjson, 422, { code: 'ACCOUNT_UNKNOWN', errors: [{ parameter: 'account' }] }],
    ['a', { ...ndjson, 'campaign-text': '%0' }, 400, { code: 'HEADER_INVALID' }],
    [
      'a',
      { ...ndjson, 'campaign-text': '' },
      422,
      { code: 'TEXT_EMPTY', errors: [{ header: 'Campaign-Text' }] },
    ],
    ['a', { ...ndjson, 'content-type': 'application/json' }, 415, { code: 'MEDIA_TYPE_UNSUPPORTED' }],
    ['a', csv, 400, { code: 'CSV_HEADER_INVALID' }],
    ['a', { ...ndjson, authorization: 'Bearer otp' }, 403, { code: 'LANE_NOT_ALLOWED' }],
  ])('refuses what cannot be sent: %s', async (query, headers, status, body) => {
    expect(await send(query, '"905321234567"', headers)).toMatchObject({ status, body });
  });

  it('tells of a conflict while the list is still coming in', async () => {
    await send('long', lines(300).join('\n'));
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('"905321234567"\n')),
    });
    const response = await fetch(`${world.url}/v1/campaigns?campaign=long&allowRepeats=true`, {
      method: 'POST',
      headers: { ...ndjson, authorization: 'Bearer full' },
      body: endless,
      duplex: 'half',
    });
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toMatchObject({ status: 422, code: 'CAMPAIGN_CONFLICT' });
  });

  it('refuses an empty list', async () => {
    expect(await send('empty', '\n\n')).toMatchObject({ status: 422, body: { code: 'RECIPIENTS_MISSING' } });
  });

  it('answers a refusal without waiting for the end of the list', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('"905321234567"\n')),
    });
    const { status, headers } = await fetch(`${world.url}/v1/campaigns?campaign=a!`, {
      method: 'POST',
      headers: { ...ndjson, authorization: 'Bearer full' },
      body: endless,
      duplex: 'half',
    });
    expect(status).toBe(422);
    // Else it would be read to its end, which never comes.
    expect(headers.get('connection')).toBe('close');
  });
});

describe('a campaign', () => {
  it('is paused, resumed and cancelled, and stays cancelled', async () => {
    await send('stop', lines(10).join('\n'));
    for (const state of ['paused', 'running', 'cancelled', 'cancelled'])
      expect(await world.ask('PATCH', '/v1/campaigns/stop', { state })).toMatchObject({
        status: 200,
        body: { state },
      });
    expect(await world.ask('PATCH', '/v1/campaigns/stop', { state: 'running' })).toMatchObject({
      status: 409,
      body: { code: 'CAMPAIGN_CANCELLED' },
    });
    expect(await world.ask('GET', '/v1/campaigns/stop')).toMatchObject({
      body: { id: 'stop', messages: 10 },
    });
  });

  it.each([{ state: 'off' }, {}, { state: 'paused', more: 1 }, [], 7])(
    'is not changed by %j',
    async (body) => {
      expect(await world.ask('PATCH', '/v1/campaigns/stop', body)).toMatchObject({
        status: 400,
        body: { code: 'BODY_INVALID' },
      });
    },
  );

  it('is not changed by a key for some lanes: it may be of another', async () => {
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    const change = (key: string) => world.ask('PATCH', '/v1/campaigns/stop', { state: 'cancelled' }, as(key));
    for (const key of ['otp', 'bulk'])
      expect(await change(key)).toMatchObject({ status: 403, body: { code: 'LANE_NOT_ALLOWED' } });
    expect(await world.ask('GET', '/v1/campaigns/stop', undefined, as('bulk'))).toMatchObject({
      status: 200,
    });
  });

  it('that is not known is 404, and is of the account that is asked', async () => {
    await send('mine', lines(10).join('\n'));
    expect(await world.ask('GET', '/v1/campaigns/mine?account=shop')).toMatchObject({ status: 404 });
    expect(await world.ask('PATCH', '/v1/campaigns/gone', { state: 'paused' })).toMatchObject({
      status: 404,
    });
  });
});
