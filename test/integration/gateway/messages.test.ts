import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullGrant, type GatewayWorld, openGateway } from '../../support/gateway-world.ts';

const message = { to: '0532 123 45 67', text: 'Siparişiniz yola çıktı.' };
const inAnHour = (): number => Date.now() + 3_600_000;

let world: GatewayWorld;

beforeAll(async () => {
  world = await openGateway({
    grants: {
      reader: { id: 'k2', name: 'reader', rights: ['read'] },
      shop: { ...fullGrant, id: 'k3', accounts: ['shop'] },
      otp: { ...fullGrant, id: 'k4', lanes: ['otp'] },
      plain: { ...fullGrant, id: 'k5', lanes: ['transactional'] },
    },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const as = (key: string) => ({ authorization: `Bearer ${key}` });

describe('POST /v1/messages', () => {
  it('answers 202 with the id once the message is stored, and says where to ask', async () => {
    const { status, headers, body } = await world.ask('POST', '/v1/messages', message);
    expect(status).toBe(202);
    expect(body).toMatchObject({ account: 'acme', lane: 'transactional', parts: 1 });
    expect(headers.get('location')).toBe(`/v1/messages/${body.id}`);
    expect(headers.get('idempotent-replayed')).toBeNull();
    expect(await world.producer.status(body.id)).toMatchObject({ state: 'waiting' });
  });

  it('gives the first answer again under the same key and body, and says that it does', async () => {
    const key = { 'idempotency-key': '"order-1"' };
    const first = await world.ask('POST', '/v1/messages', message, key);
    const again = await world.ask('POST', '/v1/messages', message, key);
    expect(again.status).toBe(202);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('shares keys with send() of a producer, quoted in the header or not', async () => {
    const receipt = await world.producer.send({ ...message, idempotencyKey: 'order-2' });
    const { body, headers } = await world.ask('POST', '/v1/messages', message, {
      'idempotency-key': 'order-2',
    });
    expect(body.id).toBe(receipt.id);
    expect(headers.get('idempotent-replayed')).toBe('true');
  });

  it('refuses another body under a used key with 422 and names the fields', async () => {
    const key = { 'idempotency-key': 'order-3' };
    await world.ask('POST', '/v1/messages', message, key);
    const { status, body } = await world.ask('POST', '/v1/messages', { ...message, text: 'Başka' }, key);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', fields: ['text'] });
  });

  it('tells a key for some lanes nothing of what another lane has under an idempotency key', async () => {
    const key = { 'idempotency-key': 'login-17' };
    await world.ask('POST', '/v1/messages', { ...message, lane: 'otp' }, key);
    for (const lane of [{}, { lane: 'transactional' }]) {
      const guess = { ...message, ...lane };
      const { status, body } = await world.ask('POST', '/v1/messages', guess, { ...key, ...as('plain') });
      expect(status).toBe(422);
      expect(body.code).toBe('IDEMPOTENCY_CONFLICT');
      expect(body).not.toHaveProperty('messageId');
      expect(body).not.toHaveProperty('fields');
    }
  });

  it('refuses a header and a field that name different keys', async () => {
    const other = { ...message, idempotencyKey: 'a' };
    expect(await world.ask('POST', '/v1/messages', other, { 'idempotency-key': 'b' })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEYS_DIFFER', errors: [{ header: 'Idempotency-Key' }] },
    });
  });

  it('refuses a body that is not UTF-8: its text would be another', async () => {
    const body = Buffer.from('{"to": "0532 123 45 67", "text": "Sipari\xfeiniz"}', 'latin1');
    const headers = { authorization: 'Bearer full', 'content-type': 'application/json' };
    const answer = await fetch(`${world.url}/v1/messages`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'BODY_UNREADABLE' });
  });

  it('tells all problems at once as problem details, each with its place', async () => {
    const { status, headers, body } = await world.ask('POST', '/v1/messages', {
      to: '0212 123 45 67',
      text: '',
      lane: 'fast',
      Text: 'x',
    });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.type).toBe(`/problems/${body.code}`);
    const flaws = body.errors.map(({ code, pointer }: { code: string; pointer: string }) => [code, pointer]);
    expect(flaws.toSorted()).toEqual([
      ['FIELD_UNKNOWN', '/Text'],
      ['LANE_UNKNOWN', '/lane'],
      ['NUMBER_NOT_MOBILE', '/to'],
      ['TEXT_EMPTY', '/text'],
    ]);
    expect(JSON.stringify(body)).not.toContain('212');
  });

  it('speaks Turkish to those who wish for it', async () => {
    const wrong = { ...message, text: 'x'.repeat(161) };
    const { headers, body } = await world.ask('POST', '/v1/messages', wrong, {
      'accept-language': 'tr-TR,tr;q=0.9,en;q=0.8',
    });
    expect(headers.get('content-language')).toBe('tr');
    expect(body.detail).toContain('Metin 161 karakter; hesap en çok 160');
  });

  it.each([
    ['no key', { authorization: '' }, 401, 'KEY_MISSING'],
    ['a wrong key', as('nobody'), 401, 'KEY_INVALID'],
    ['a key without the right', as('reader'), 403, 'RIGHT_MISSING'],
    ['a key for other lanes', as('otp'), 403, 'LANE_NOT_ALLOWED'],
  ])('turns away %s', async (_what, headers, status, code) => {
    expect(await world.ask('POST', '/v1/messages', message, headers)).toMatchObject({
      status,
      body: { code },
    });
  });

  it('sends through the account that the key is for, and through no other', async () => {
    expect((await world.ask('POST', '/v1/messages', message, as('shop'))).body.account).toBe('shop');
    expect(
      await world.ask('POST', '/v1/messages', { ...message, account: 'acme' }, as('shop')),
    ).toMatchObject({
      status: 403,
      body: { code: 'ACCOUNT_NOT_ALLOWED', errors: [{ pointer: '/account' }] },
    });
  });

  it.each([
    ['no JSON', '{"to":', 400, 'BODY_UNREADABLE'],
    ['a poisoned prototype', '{"__proto__": {"to": "1"}}', 400, 'BODY_UNREADABLE'],
    ['no object', '[1]', 422, 'MESSAGE_INVALID'],
    ['an account of another type', '{"account": {"toString": 1}}', 422, 'ACCOUNT_UNKNOWN'],
    ['an account that is not there', '{"account": "nope"}', 422, 'ACCOUNT_UNKNOWN'],
  ])('refuses %s', async (_what, body, status, code) => {
    expect(await world.ask('POST', '/v1/messages', body)).toMatchObject({ status, body: { code } });
  });
});

describe('a message that is stored', () => {
  it('is found by its id and by its key, and never shows number or text', async () => {
    const { body: sent } = await world.ask('POST', '/v1/messages', message, { 'idempotency-key': 'order-4' });
    const byId = await world.ask('GET', `/v1/messages/${sent.id}`);
    const byKey = await world.ask('GET', '/v1/messages?idempotency_key=order-4');
    expect(byId.body).toMatchObject({ id: sent.id, state: 'waiting', key: 'order-4', to: '+90*****67' });
    expect(byKey.body).toEqual(byId.body);
    expect(JSON.stringify(byId.body)).not.toContain('Sipari');
  });

  it('is unknown to keys for other accounts or lanes', async () => {
    const { body: sent } = await world.ask('POST', '/v1/messages', message);
    for (const key of ['shop', 'otp'])
      for (const method of ['GET', 'DELETE'])
        expect(await world.ask(method, `/v1/messages/${sent.id}`, undefined, as(key))).toMatchObject({
          status: 404,
          body: { code: 'MESSAGE_UNKNOWN' },
        });
  });

  it('is called off with 200, and again with 200', async () => {
    const { body: sent } = await world.ask('POST', '/v1/messages', message);
    for (const _time of ['first', 'second'])
      expect(await world.ask('DELETE', `/v1/messages/${sent.id}`)).toMatchObject({
        status: 200,
        body: { id: sent.id, state: 'cancelled' },
      });
    expect((await world.ask('GET', `/v1/messages/${sent.id}`)).body.state).toBe('cancelled');
    expect(await world.ask('DELETE', '/v1/messages/m00000000000000000000')).toMatchObject({ status: 404 });
  });

  it('is moved to another time where it was scheduled, else 409', async () => {
    const { body: later } = await world.ask('POST', '/v1/messages', { ...message, sendAt: inAnHour() });
    const sendAt = inAnHour() + 60_000;
    expect(await world.ask('PATCH', `/v1/messages/${later.id}`, { sendAt })).toMatchObject({ status: 200 });
    expect((await world.ask('GET', `/v1/messages/${later.id}`)).body).toMatchObject({
      state: 'scheduled',
      sendAt,
    });
    const { body: soon } = await world.ask('POST', '/v1/messages', message);
    expect(await world.ask('PATCH', `/v1/messages/${soon.id}`, { sendAt })).toMatchObject({
      status: 409,
      body: { code: 'MESSAGE_TOO_LATE' },
    });
    expect(await world.ask('PATCH', `/v1/messages/${later.id}`, { sendAt: 'soon' })).toMatchObject({
      status: 422,
      body: { code: 'TIME_INVALID', errors: [{ pointer: '/sendAt' }] },
    });
    expect(await world.ask('PATCH', `/v1/messages/${later.id}`, { sendAt: { in: '2h' } })).toMatchObject({
      status: 200,
    });
    expect(await world.ask('PATCH', `/v1/messages/${later.id}`, { sendat: 1 })).toMatchObject({
      status: 400,
    });
  });
});

describe('POST /v1/messages/batch', () => {
  it('answers for each message by itself', async () => {
    const messages = [message, { ...message, to: 'x' }, { ...message, account: 'shop' }];
    const { status, body } = await world.ask('POST', '/v1/messages/batch', { messages });
    expect(status).toBe(207);
    expect(body).toMatchObject({ stored: 2, refused: 1 });
    expect(body.items).toMatchObject([
      { status: 202, account: 'acme' },
      { status: 422, code: 'NUMBER_INVALID', errors: [{ pointer: '/messages/1/to' }] },
      { status: 202, account: 'shop' },
    ]);
  });

  it('refuses a key that leaves no room for the places of its messages, before any is stored', async () => {
    const key = { 'idempotency-key': 'k'.repeat(253) };
    const { status, body } = await world.ask('POST', '/v1/messages/batch', { messages: [message] }, key);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'IDEMPOTENCY_KEY_INVALID',
      errors: [{ header: 'Idempotency-Key', detail: expect.stringContaining('252') }],
    });
  });

  it('stores nothing twice where it is repeated under its key', async () => {
    const key = { 'idempotency-key': 'batch-1' };
    const messages = Array.from({ length: 250 }, () => message);
    const first = await world.ask('POST', '/v1/messages/batch', { messages }, key);
    const again = await world.ask('POST', '/v1/messages/batch', { messages }, key);
    const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
    expect(idsOf(again.body.items)).toEqual(idsOf(first.body.items));
    expect(again.body.items.every(({ replayed }: { replayed?: boolean }) => replayed)).toBe(true);
  });

  it.each<[what: string, change: (list: object[]) => object[]]>([
    ['without the one that was refused', ([, ...rest]) => rest],
    ['in another order', (list) => list.toReversed()],
    ['with one more', (list) => [...list, message]],
    ['with another text', (list) => list.map((one) => ({ ...one, text: 'Selam' }))],
  ])('stores nothing of another list under its key: %s', async (what, change) => {
    const key = { 'idempotency-key': `batch ${what}` };
    const messages = [{ ...message, to: 'x' }, message, { ...message, to: '0533 765 43 21' }];
    const first = await world.ask('POST', '/v1/messages/batch', { messages }, key);
    expect(first.body).toMatchObject({ stored: 2, refused: 1 });
    const other = await world.ask('POST', '/v1/messages/batch', { messages: change(messages) }, key);
    expect(other).toMatchObject({
      status: 422,
      body: { code: 'BATCH_CONFLICT', errors: [{ header: 'Idempotency-Key' }] },
    });
    const again = await world.ask('POST', '/v1/messages/batch', { messages }, key);
    expect(again.body).toMatchObject({ stored: 2, refused: 1 });
  });

  it('leaves the key free where nothing of it was stored', async () => {
    const key = { 'idempotency-key': 'all wrong' };
    const wrong = await world.ask('POST', '/v1/messages/batch', { messages: [{ ...message, to: 'x' }] }, key);
    expect(wrong.body).toMatchObject({ stored: 0, refused: 1 });
    const mended = await world.ask('POST', '/v1/messages/batch', { messages: [message] }, key);
    expect(mended.body).toMatchObject({ stored: 1, refused: 0 });
  });

  it('refuses a compressed body, and two keys', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect(await world.ask('POST', '/v1/messages', message, gzip)).toMatchObject({
      status: 415,
      body: { code: 'ENCODING_UNSUPPORTED' },
    });
    const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve) => {
      const headers = {
        authorization: 'Bearer full',
        'content-type': 'application/json',
        'idempotency-key': ['one', 'two'],
      };
      request(`${world.url}/v1/messages`, { method: 'POST', headers }, async (answer) =>
        resolve({ status: answer.statusCode, text: await answer.toArray().then(String) }),
      ).end(JSON.stringify(message));
    });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code: 'HEADER_INVALID' });
  });

  it.each([
    [{ messages: [] }, 'BATCH_EMPTY', 422],
    [{ messages: Array.from({ length: 1_001 }, () => message) }, 'BATCH_TOO_LARGE', 422],
    [{ message }, 'BODY_INVALID', 400],
    [[message], 'BODY_INVALID', 400],
  ])('refuses what is no batch (%#)', async (body, code, status) => {
    expect(await world.ask('POST', '/v1/messages/batch', body)).toMatchObject({ status, body: { code } });
  });

  it('refuses a body that is too large before it is read', async () => {
    const long = JSON.stringify({ messages: [{ ...message, text: 'x'.repeat(4_000_000) }] });
    expect(await world.ask('POST', '/v1/messages/batch', long)).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
  });
});
