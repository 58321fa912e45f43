import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type FaultRule, type Simulator } from '../../src/simulator/index.ts';
import { rawPost } from '../support/raw-http.ts';
import { waitFor } from '../support/wait-for.ts';

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
});
afterEach(() => simulator.close());

function document(to = '5321234567'): string {
  return (
    '<message-context type="smmgsd"><username>demo</username><password>demo</password>' +
    `<outbox-name>DEMO</outbox-name><text>Merhaba</text><gsmnos>${to}</gsmnos></message-context>`
  );
}

async function post(body = document()) {
  const response = await fetch(simulator.xmlUrl, { method: 'POST', body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends one request that the fault applies to, by hand. */
function postInto(rule: FaultRule) {
  simulator.faults.add({ ...rule, times: 1 });
  return rawPost(simulator.xmlUrl, document());
}

function faultHappened(): Promise<unknown> {
  return waitFor(() => simulator.faults.list().length === 0, { what: 'the fault' });
}

describe('answers that never come', () => {
  it.each<[FaultRule['kind'], number]>([
    ['accept-then-hang', 1],
    ['hang', 0],
  ])('%s leaves the client waiting, and accepts %i', async (kind, acceptedMessages) => {
    const exchange = postInto({ kind } as FaultRule);
    await faultHappened();
    await post(document('5329999999'));
    expect(simulator.stats().acceptedMessages).toBe(acceptedMessages + 1);
    expect([exchange.received(), exchange.isOpen()]).toEqual(['', true]);
    exchange.close();
  });

  it('ends hanging connections when it closes', async () => {
    const exchange = postInto({ kind: 'hang' });
    await faultHappened();
    await simulator.close();
    expect(await exchange.ended).toBeOneOf(['end', 'reset']);
  });

  it.each<[FaultRule['kind'], number]>([
    ['accept-then-reset', 1],
    ['reset-after-read', 0],
    ['reset-before-body', 0],
  ])('%s resets the connection, and accepts %i', async (kind, acceptedMessages) => {
    const exchange = postInto({ kind } as FaultRule);
    expect(await exchange.ended).toBe('reset');
    expect(exchange.received()).toBe('');
    expect(simulator.stats()).toMatchObject({ acceptedMessages, faultsInjected: { [kind]: 1 } });
  });

  it.each([false, true])('half-close ends its side only; accepted: %s', async (accepted) => {
    const exchange = postInto({ kind: 'half-close', accepted });
    expect(await exchange.ended).toBe('end');
    expect(exchange.received()).toBe('');
    expect(simulator.accepted).toHaveLength(accepted ? 1 : 0);
    exchange.close();
  });
});

describe('answers that are not whole', () => {
  it('cut-reply announces more than it sends, and accepts', async () => {
    const exchange = postInto({ kind: 'cut-reply' });
    expect(await exchange.ended).toBe('end');
    const [head = '', body = ''] = exchange.received().split('\r\n\r\n');
    expect(head).toMatch(/Content-Length: 22/i);
    expect(body).toMatch(/^00 \d{8}$/);
    expect(simulator.accepted).toHaveLength(1);
    exchange.close();
  });

  it('cut-reply shows to an HTTP client as a failure', async () => {
    simulator.faults.add({ kind: 'cut-reply' });
    await expect(post()).rejects.toThrow();
  });

  it('slow-body sends the whole reply byte by byte over the time, and accepts', async () => {
    simulator.faults.add({ kind: 'slow-body', durationMs: 150 });
    const before = performance.now();
    expect((await post()).text).toMatch(/^00 \d{19}$/);
    expect(performance.now() - before).toBeGreaterThan(120);
    expect(simulator.accepted).toHaveLength(1);
  });
});

describe('answers that are others', () => {
  it.each([
    ['12', '12 wrong title'],
    ['90', '90 XML Parser Hatasi : ...'],
    ['90-xml-null', '90 XML null'],
    ['81', '81 mesaj sayisi ile receipt sayisi uyumsuz'],
    ['99', '99'],
  ])('reply %s is %j, and accepts nothing', async (code, text) => {
    simulator.faults.add({ kind: 'reply', code });
    expect(await post()).toMatchObject({ status: 200, text });
    expect(simulator.stats()).toMatchObject({
      acceptedMessages: 0,
      refusedByCode: { [code.slice(0, 2)]: 1 },
      faultsInjected: { reply: 1 },
    });
  });

  it('reply takes words of its own', async () => {
    simulator.faults.add({ kind: 'reply', code: '90-other', text: 'beklenmeyen hata' });
    expect((await post()).text).toBe('90 beklenmeyen hata');
  });

  it('raw-reply is exactly the body', async () => {
    simulator.faults.add({ kind: 'raw-reply', body: '\uFEFF 00  \r\n', contentType: 'text/html' });
    const { status, text, headers } = await post();
    expect([status, text, headers.get('content-type')]).toEqual([200, ' 00  \r\n', 'text/html']);
  });

  it.each<[FaultRule, number, RegExp]>([
    [{ kind: 'html-200' }, 200, /^<!DOCTYPE html>/],
    [{ kind: 'empty-200' }, 200, /^$/],
    [{ kind: 'status', status: 500 }, 500, /<html>/],
    [{ kind: 'status', status: 502 }, 502, /<html>/],
    [{ kind: 'status', status: 503, retryAfter: 2 }, 503, /<html>/],
    [{ kind: 'status', status: 429, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 429, /<html>/],
  ])('%j', async (rule, status, body) => {
    simulator.faults.add({ ...rule, times: 1 });
    const reply = await post();
    expect(reply).toMatchObject({ status, text: expect.stringMatching(body) });
    const retryAfter = 'retryAfter' in rule ? String(rule.retryAfter) : null;
    expect(reply.headers.get('retry-after')).toBe(retryAfter);
    expect(simulator.accepted).toEqual([]);

    simulator.faults.add({ ...rule, accepted: true } as FaultRule);
    expect((await post()).status).toBe(status);
    expect(simulator.accepted).toHaveLength(1);
  });
});

describe('later answers', () => {
  it('the latency fault delays one answer', async () => {
    simulator.faults.add({ kind: 'latency', latencyMs: 80, times: 1 });
    const before = performance.now();
    expect((await post()).text).toMatch(/^00/);
    expect(performance.now() - before).toBeGreaterThan(75);
  });

  it('the latency of the simulator lies between acceptance and answer', async () => {
    simulator.setLatency({ minMs: 60_000, maxMs: 60_000 });
    const exchange = rawPost(simulator.xmlUrl, document());
    await simulator.waitForAccepted(1, 2_000);
    expect(exchange.received()).toBe('');
    exchange.close();
  });
});

describe('which requests a fault applies to', () => {
  it('only those with the number, and only so often', async () => {
    simulator.faults.add({ kind: 'reply', code: '12', times: 1, match: { to: '5321234567' } });
    expect((await post(document('5329999999'))).text).toMatch(/^00/);
    expect((await post()).text).toBe('12 wrong title');
    expect((await post()).text).toMatch(/^00/);
  });

  it('a request that cannot be read, where the rule has no condition', async () => {
    simulator.faults.add({ kind: 'html-200' });
    expect((await post('broken')).text).toMatch(/^<!DOCTYPE/);
    expect(simulator.stats().refusedByCode).toEqual({});
  });

  it('refuses as usual where the fault lets the provider see a request that breaks a rule', async () => {
    simulator.faults.add({ kind: 'latency', latencyMs: 1 });
    expect((await post(document('').replace('DEMO', 'YOK'))).text).toBe('12 wrong title');
  });
});
