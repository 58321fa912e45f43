import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAccountQueries } from '../../src/jetsms/account-queries.ts';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import { probeEndpoint } from '../../src/jetsms/endpoint-probe.ts';
import type { Attempt, ProviderRequest } from '../../src/jetsms/provider-request.ts';
import { createReportClient } from '../../src/jetsms/reports.ts';
import type { AccountSettings } from '../../src/settings/account.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { accountSettings } from '../support/account-settings.ts';
import {
  type ConnectProxy,
  type ConnectScript,
  refusing,
  startConnectProxy,
} from '../support/connect-proxy.ts';
import { httpReply, rawServer, type Script } from '../support/raw-server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { waitFor } from '../support/wait-for.ts';

const request: ProviderRequest = {
  title: 'ACME',
  messages: [{ id: 'm1', to: '905321234567', text: 'Merhaba Ayşe' }],
};
const acceptance = httpReply(200, '00 130228114512\r\n');
const accepted = { kind: 'accepted', groupId: '130228114512' };

async function send(account: Partial<AccountSettings> & { readonly url: string }): Promise<Attempt> {
  const client = createJetsmsClient(accountSettings(account));
  try {
    return await client.send(request);
  } finally {
    await client.close();
  }
}

/** What one request comes to behind a proxy, and how many the server saw. */
async function sendThrough(
  proxy: Pick<ConnectProxy, 'url'>,
  script: Script,
  account: Partial<AccountSettings> = {},
): Promise<{ readonly outcome: unknown; readonly seen: number }> {
  await using server = await rawServer(script);
  const { outcome } = await send({ url: server.url, proxyUrl: proxy.url, ...account });
  return { outcome, seen: server.requests.length };
}

/** An HTTPS server that answers every request with an acceptance. */
async function secureServer(
  { key, cert } = selfSigned('localhost'),
): Promise<AsyncDisposable & { readonly url: string; readonly cert: string }> {
  const server = createTlsServer({ key, cert }, (socket) => {
    socket.on('error', () => {}).on('data', () => socket.write(acceptance));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/xmlsms`,
    cert,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

describe('through a proxy', () => {
  it('a request for an http address goes by CONNECT, whole, and asks the proxy for nothing else', async () => {
    await using proxy = await startConnectProxy();
    await using server = await rawServer((socket) => socket.write(acceptance));
    const { outcome } = await send({ url: server.url, proxyUrl: proxy.url });
    expect(outcome).toEqual(accepted);
    expect(proxy.asked).toEqual([new URL(server.url).host]);
    expect(server.requests[0]).toMatch(/^POST \/SMS-Web\/xmlsms HTTP\/1\.1\r\n/);
    expect(server.requests[0]).not.toMatch(/proxy/i);
  });

  it('a request for an https address has TLS of its own, which the proxy cannot read', async () => {
    await using proxy = await startConnectProxy();
    await using server = await secureServer();
    const { outcome } = await send({ url: server.url, proxyUrl: proxy.url, providerCa: server.cert });
    expect(outcome).toEqual(accepted);
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });

  it('that speaks TLS itself too, where its certificate is trusted', async () => {
    const tls = selfSigned('localhost');
    await using proxy = await startConnectProxy({ tls });
    await using server = await secureServer(tls);
    const account = { url: server.url, proxyUrl: proxy.url };
    const { outcome } = await send({ ...account, providerCa: tls.cert });
    expect(outcome).toEqual(accepted);
    const distrusted = await send(account);
    expect(distrusted.outcome).toEqual({ kind: 'unsent', cause: 'proxy-tls' });
  });

  it('gives it the login of its address, with letters of any kind', async () => {
    await using proxy = await startConnectProxy({ login: 'jets ms:pä:ss@word' });
    await using server = await rawServer((socket) => socket.write(acceptance));
    const login = `${encodeURIComponent('jets ms')}:${encodeURIComponent('pä:ss@word')}`;
    const proxyUrl = proxy.url.replace('//', `//${login}@`);
    expect((await send({ url: server.url, proxyUrl })).outcome).toEqual(accepted);
  });

  it('keeps the connection, unless a connection for each request is wanted', async () => {
    await using proxy = await startConnectProxy();
    await using server = await rawServer((socket) => socket.write(acceptance));
    for (const [keepAliveMs, tunnels] of [
      [4_000, 1],
      [0, 3],
    ] as const) {
      const before = proxy.opened();
      const settings = { url: server.url, proxyUrl: proxy.url, connections: 1, keepAliveMs };
      const client = createJetsmsClient(accountSettings(settings));
      for (const _ of [1, 2, 3]) expect((await client.send(request)).outcome).toEqual(accepted);
      await client.close();
      expect(proxy.opened() - before).toBe(tunnels);
    }
    expect(server.requests[0]).toMatch(/^connection: keep-alive/im);
    expect(server.requests[5]).toMatch(/^connection: close/im);
  });

  it('goes everything but what noProxy names', async () => {
    await using proxy = await startConnectProxy();
    await using server = await rawServer((socket) => socket.write(acceptance));
    const straight = { url: server.url, proxyUrl: proxy.url, noProxy: ['127.0.0.0/8'] };
    expect((await send(straight)).outcome).toEqual(accepted);
    expect(proxy.asked).toEqual([]);
  });

  it('go questions for credit, titles and reports, and the search at the second address', async () => {
    await using proxy = await startConnectProxy();
    await using simulator = createSimulator({ accounts: [{ username: 'acme', password: 'correct horse' }] });
    await simulator.listen();
    const { xmlUrl: url, webServiceUrl } = simulator;
    const account = accountSettings({ url, webServiceUrl, proxyUrl: proxy.url });
    const queries = createAccountQueries(account);
    expect(await queries.credit()).toMatchObject({ kind: 'answer' });
    expect(await queries.titles()).toMatchObject({ kind: 'answer' });
    await queries.close();
    const asked = proxy.asked.length;
    expect(asked).toBeGreaterThan(0);
    const reports = createReportClient(account);
    await reports.byGroup('130228114512');
    expect(proxy.asked.length).toBe(asked + 1);
    const search = { number: '905321234567', title: 'ACME', fromMs: 0, toMs: Date.now() };
    expect(await reports.search?.(search)).toMatchObject({ kind: 'rows' });
    expect(proxy.asked.length).toBe(asked + 2);
    await reports.close();
  });

  it('the probe of an endpoint makes the same way, and tells how long the certificate of its end is good', async () => {
    await using proxy = await startConnectProxy();
    await using server = await secureServer();
    const way = { connectTimeoutMs: 2_000, proxyUrl: proxy.url, providerCa: server.cert };
    expect(await probeEndpoint(server.url, way)).toMatchObject({
      kind: 'reached',
      certificateEndsAt: Date.UTC(2049, 11, 31, 23, 59, 59),
    });
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });
});

describe.concurrent('what goes wrong at the proxy leaves a request unsent, with a cause of its own', () => {
  const silent: ConnectScript = () => {};
  const cases: readonly (readonly [what: string, cause: string, script: ConnectScript])[] = [
    ['407 to CONNECT', 'proxy-login', refusing(407)],
    ['401 to CONNECT', 'proxy-login', refusing(401)],
    ['403 to CONNECT', 'proxy-refused', refusing(403)],
    ['405 to CONNECT', 'proxy-refused', refusing(405)],
    ['a redirect', 'proxy-refused', refusing(302)],
    ['502 to CONNECT', 'proxy-bad-gateway', refusing(502)],
    ['503 to CONNECT', 'proxy-bad-gateway', refusing(503)],
    ['429 to CONNECT', 'proxy-bad-gateway', refusing(429)],
    ['no answer to CONNECT', 'proxy-timeout', silent],
    ['half an answer', 'proxy-timeout', (client) => client.write('HTTP/1.1 200 Conn')],
    ['a reset in place of an answer', 'proxy-failed', (client) => client.resetAndDestroy()],
    ['an end in place of an answer', 'proxy-failed', (client) => client.end()],
    ['another protocol', 'proxy-failed', (client) => client.end('SSH-2.0-OpenSSH\r\n')],
    ['an interim reply first', 'proxy-failed', (client) => client.write('HTTP/1.1 100 Continue\r\n\r\n')],
  ];

  it.each(cases)('%s: %s', async (_what, cause, script) => {
    await using proxy = await startConnectProxy({ script });
    const sent = await sendThrough(proxy, (socket) => socket.write(acceptance), { connectTimeoutMs: 300 });
    expect(sent).toEqual({ outcome: { kind: 'unsent', cause }, seen: 0 });
  });

  it.each(cases)('and the probe of the endpoint says so too: %s: %s', async (_what, cause, script) => {
    await using proxy = await startConnectProxy({ script });
    const way = { connectTimeoutMs: 300, proxyUrl: proxy.url };
    expect(await probeEndpoint('http://jetsms.invalid/', way)).toEqual({ kind: 'unreachable', cause });
  });

  it('nobody listens: proxy-unreachable', async () => {
    const proxy = await startConnectProxy();
    await proxy.die();
    const sent = await sendThrough(proxy, (socket) => socket.write(acceptance));
    expect(sent).toEqual({ outcome: { kind: 'unsent', cause: 'proxy-unreachable' }, seen: 0 });
  });

  it('its name has no address: proxy-dns', async () => {
    const sent = await sendThrough({ url: 'http://nope.invalid:3128' }, () => {});
    expect(sent).toEqual({ outcome: { kind: 'unsent', cause: 'proxy-dns' }, seen: 0 });
  });

  it('it does not speak TLS: proxy-tls', async () => {
    await using proxy = await startConnectProxy();
    const sent = await sendThrough({ url: proxy.url.replace('http:', 'https:') }, () => {});
    expect(sent).toEqual({ outcome: { kind: 'unsent', cause: 'proxy-tls' }, seen: 0 });
  });

  it('its TLS handshake never ends: proxy-timeout', async () => {
    await using nobody = await rawServer(() => {});
    const proxy = { url: new URL(nobody.url).origin.replace('http:', 'https:') };
    const sent = await sendThrough(proxy, () => {}, { connectTimeoutMs: 100 });
    expect(sent).toEqual({ outcome: { kind: 'unsent', cause: 'proxy-timeout' }, seen: 0 });
  });

  it('it refuses the login, of which no word is in what comes of it', async () => {
    await using proxy = await startConnectProxy({ login: 'jetsms:right-one' });
    await using server = await rawServer((socket) => socket.write(acceptance));
    const attempt = await send({
      url: server.url,
      proxyUrl: proxy.url.replace('//', '//jetsms:wrong-secret@'),
    });
    expect(attempt.outcome).toEqual({ kind: 'unsent', cause: 'proxy-login' });
    expect(JSON.stringify(attempt)).not.toContain('secret');
  });
});

describe.concurrent('behind the proxy, what was written is told from what was not', () => {
  it.each([
    ['resets the tunnel', (client) => client.resetAndDestroy()],
    ['ends the tunnel', (client) => client.end()],
  ] as const satisfies readonly (readonly [string, ConnectScript])[])(
    'a proxy that takes CONNECT and %s before TLS is done leaves the request unsent',
    async (_what, after) => {
      const script: ConnectScript = (client) => {
        client.write('HTTP/1.1 200 OK\r\n\r\n', () => after(client));
      };
      await using proxy = await startConnectProxy({ script });
      const { outcome } = await send({ url: 'https://jetsms.invalid/', proxyUrl: proxy.url });
      expect(outcome).toMatchObject({ kind: 'unsent' });
    },
  );

  it('TLS to JetSMS that is not trusted is unsent, and not the fault of the proxy', async () => {
    await using proxy = await startConnectProxy();
    await using server = await secureServer();
    const { outcome } = await send({ url: server.url, proxyUrl: proxy.url });
    expect(outcome).toEqual({ kind: 'unsent', cause: 'tls' });
  });

  it('a handshake with JetSMS that never ends is a connect-timeout', async () => {
    await using proxy = await startConnectProxy();
    await using silent = await rawServer(() => {});
    const { outcome } = await send({
      url: silent.url.replace('http:', 'https:'),
      proxyUrl: proxy.url,
      connectTimeoutMs: 100,
    });
    expect(outcome).toEqual({ kind: 'unsent', cause: 'connect-timeout' });
  });

  const behind: readonly (readonly [what: string, outcome: unknown, script: Script])[] = [
    [
      'a reset of the request',
      { kind: 'uncertain', cause: 'reset-after-write' },
      (socket) => socket.resetAndDestroy(),
    ],
    ['an end without a reply', { kind: 'uncertain', cause: 'reset-after-write' }, (socket) => socket.end()],
    [
      'a reply that is cut',
      { kind: 'uncertain', cause: 'cut-reply' },
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n10'),
    ],
    [
      'an acceptance that is cut',
      { kind: 'accepted' },
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n00 1302'),
    ],
    [
      'an interim reply before the acceptance',
      accepted,
      (socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${acceptance}`),
    ],
    [
      'a 407 of JetSMS itself',
      { kind: 'refused', by: 'http', status: 407 },
      (socket) => socket.write(httpReply(407, '')),
    ],
  ];

  it.each(behind)('%s comes to the same as without a proxy', async (_what, outcome, script) => {
    await using proxy = await startConnectProxy();
    expect(await sendThrough(proxy, script)).toEqual({ outcome, seen: 1 });
  });

  it('silence is a reply-timeout', async () => {
    await using proxy = await startConnectProxy();
    const sent = await sendThrough(proxy, () => {}, { headersTimeoutMs: 100 });
    expect(sent).toEqual({ outcome: { kind: 'uncertain', cause: 'reply-timeout' }, seen: 1 });
  });

  it('a tunnel that the proxy resets under a request makes that one uncertain, and it is not sent again', async () => {
    await using proxy = await startConnectProxy();
    const sent = await sendThrough(proxy, () => proxy.cut());
    expect(sent).toEqual({ outcome: { kind: 'uncertain', cause: 'reset-after-write' }, seen: 1 });
  });

  it('a kept tunnel that the proxy resets before the next request is written makes that one unsent', async () => {
    await using proxy = await startConnectProxy();
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = createJetsmsClient(
      accountSettings({ url: server.url, proxyUrl: proxy.url, connections: 1 }),
    );
    expect((await client.send(request)).outcome).toEqual(accepted);
    // From here the event loop polls the sockets before undici writes.
    await nextTurn();
    proxy.cut();
    expect((await client.send(request)).outcome).toEqual({ kind: 'unsent', cause: 'reset-before-write' });
    expect(server.requests).toHaveLength(1);
    await client.close();
  });

  it('a tunnel that is reset as soon as it stands leaves a plain request unsent or uncertain, and JetSMS without it', async () => {
    const script: ConnectScript = (client) => {
      client.write('HTTP/1.1 200 OK\r\n\r\n', () => client.resetAndDestroy());
    };
    await using proxy = await startConnectProxy({ script });
    const { outcome, seen } = await sendThrough(proxy, (socket) => socket.write(acceptance));
    // undici writes in the turn in which the tunnel stands: what was written may have got through, for all it knows.
    expect(['unsent', 'uncertain']).toContain((outcome as { kind: string }).kind);
    expect(seen).toBe(0);
  });

  it('requests that wait while the proxy opens nothing are all told that it does not, and the next one gets through', async () => {
    await using proxy = await startConnectProxy({ script: refusing(502) });
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = createJetsmsClient(
      accountSettings({ url: server.url, proxyUrl: proxy.url, connections: 1 }),
    );
    const outcomes = await Promise.all([client.send(request), client.send(request), client.send(request)]);
    expect(new Set(outcomes.map(({ outcome }) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ kind: 'unsent', cause: 'proxy-bad-gateway' })]),
    );
    proxy.setScript(undefined);
    expect((await client.send(request)).outcome).toEqual(accepted);
    await client.close();
    expect(server.requests).toHaveLength(1);
  });

  it('a client that is closed while the proxy keeps it waiting ends', async () => {
    await using proxy = await startConnectProxy({ script: () => {} });
    const account = { url: 'http://jetsms.invalid/', proxyUrl: proxy.url, connectTimeoutMs: 300 };
    const client = createJetsmsClient(accountSettings(account));
    const sending = client.send(request);
    await waitFor(() => proxy.asked.length === 1);
    await client.close();
    expect((await sending).outcome).toEqual({ kind: 'unsent', cause: 'proxy-timeout' });
  });
});
