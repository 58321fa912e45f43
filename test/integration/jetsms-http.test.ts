import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import { createHttpClient } from '../../src/jetsms/http.ts';
import type { Attempt, JetsmsClient, ProviderRequest } from '../../src/jetsms/provider-request.ts';
import type { AccountSettings } from '../../src/settings/account.ts';
import { packageVersion } from '../../src/settings/package-files.ts';
import { accountSettings } from '../support/account-settings.ts';
import { refusedBy } from '../support/outcomes.ts';
import { httpReply, type RawServer, rawServer, type Script, untilAllRead } from '../support/raw-server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { waitFor } from '../support/wait-for.ts';

const request: ProviderRequest = {
  title: 'ACME',
  messages: [{ id: 'm1', to: '905321234567', text: 'Merhaba Ayşe' }],
};
const acceptance = httpReply(200, '00 130228114512\r\n');
const accepted = { kind: 'accepted', groupId: '130228114512' };

/** Sends one request to `url` and closes the client. */
async function sendTo(url: string, overrides: Partial<AccountSettings> = {}): Promise<Attempt> {
  const client = createJetsmsClient(accountSettings({ url, ...overrides }));
  try {
    return await client.send(request);
  } finally {
    await client.close();
  }
}

/** Sends one request to a server that answers by `script`, and proves that it was asked just once. */
async function sendOnce(script: Script, overrides: Partial<AccountSettings> = {}): Promise<Attempt> {
  await using server = await rawServer(script);
  const attempt = await sendTo(server.url, overrides);
  expect(server.requests).toHaveLength(1);
  return attempt;
}

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = await rawServer(() => {});
  await server[Symbol.asyncDispose]();
  return server.url;
}

describe.concurrent('a request that cannot have been taken is unsent', () => {
  it('where nobody listens', async () => {
    const attempt = await sendTo(await deadUrl());
    expect(attempt.outcome).toEqual({ kind: 'unsent', cause: 'connection-refused' });
    expect(attempt).not.toHaveProperty('status');
  });

  it('where the name does not exist', async () => {
    const { outcome } = await sendTo('http://nope.invalid/SMS-Web/xmlsms');
    expect(outcome).toEqual({ kind: 'unsent', cause: 'dns' });
  });

  it('where the handshake never ends', async () => {
    await using silent = await rawServer(() => {});
    const { outcome } = await sendTo(silent.url.replace('http:', 'https:'), { connectTimeoutMs: 100 });
    expect(outcome).toEqual({ kind: 'unsent', cause: 'connect-timeout' });
  });

  it('where the server does not speak TLS', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad\r\n\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { outcome } = await sendTo(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.close();
    expect(outcome).toEqual({ kind: 'unsent', cause: 'tls' });
  });

  it('where the certificate cannot be trusted', async () => {
    const server = createTlsServer(selfSigned('localhost'));
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { outcome } = await sendTo(`https://localhost:${(server.address() as AddressInfo).port}/`);
    server.close();
    expect(outcome).toEqual({ kind: 'unsent', cause: 'tls' });
  });

  it.each([408, 429, 503])('where the server says %d, until when it says', async (status) => {
    const attempt = await sendOnce((socket) => socket.write(httpReply(status, 'busy', 'retry-after: 7\r\n')));
    expect(attempt).toMatchObject({
      outcome: { kind: 'unsent', cause: `http-${status}`, retryAfterMs: 7000 },
      status,
    });
  });

  it('where the server says 503, even if the rest of its reply is cut', async () => {
    const { outcome } = await sendOnce((socket) =>
      socket.end('HTTP/1.1 503 X\r\nretry-after: 1\r\ncontent-length: 100\r\n\r\nbus'),
    );
    expect(outcome).toEqual({ kind: 'unsent', cause: 'http-503', retryAfterMs: 1000 });
  });

  it('where no connection was ready in the whole time', async () => {
    await using server = await rawServer(() => {});
    // The server never answers the handshake, so that both wait for the only connection until their time is over.
    const client = createJetsmsClient(
      accountSettings({
        url: server.url.replace('http:', 'https:'),
        connections: 1,
        requestTimeoutMs: 300,
        connectTimeoutMs: 60_000,
      }),
    );
    const attempts = await Promise.all([client.send(request), client.send(request)]);
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      { kind: 'unsent', cause: 'connect-timeout' },
      { kind: 'unsent', cause: 'connect-timeout' },
    ]);
  });

  it('where no connection was free in the whole time', async () => {
    await using server = await rawServer(() => {});
    const client = createJetsmsClient(
      accountSettings({ url: server.url, connections: 1, requestTimeoutMs: 300, headersTimeoutMs: 60_000 }),
    );
    const [first, second] = await Promise.all([client.send(request), client.send(request)]);
    await client.close();
    expect(first.outcome).toEqual({ kind: 'uncertain', cause: 'request-timeout' });
    // Its time ends together with the first one's, which frees the connection: on a busy machine it may start just then,
    // and be stopped before the server sees it. What must never be is that the server has it and it counts as unsent.
    await untilAllRead(server);
    const certain = server.requests.length === 2 ? [] : [{ kind: 'unsent', cause: 'connect-timeout' }];
    expect([...certain, { kind: 'uncertain', cause: 'request-timeout' }]).toContainEqual(second.outcome);
  });
});

describe.concurrent('a request that may have been taken is uncertain', () => {
  const cases: [what: string, cause: string, script: Script, overrides?: Partial<AccountSettings>][] = [
    ['the server never answers', 'reply-timeout', () => {}, { headersTimeoutMs: 100 }],
    [
      'the headers never end',
      'reply-timeout',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nserver: slo'),
      { headersTimeoutMs: 100 },
    ],
    [
      'the body stands still',
      'body-timeout',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n0'),
      { bodyTimeoutMs: 100 },
    ],
    ['the body drips past the whole time', 'request-timeout', drip, { requestTimeoutMs: 300 }],
    ['the connection is reset', 'reset-after-write', (socket) => socket.resetAndDestroy()],
    ['the connection is closed', 'reset-after-write', (socket) => socket.end()],
    ['the headers are cut', 'cut-reply', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-')],
    [
      'the body is cut',
      'cut-reply',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n10'),
    ],
    [
      'the body is cut by a reset',
      'cut-reply',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n90 XML nu', () =>
          socket.resetAndDestroy(),
        ),
    ],
    [
      'a chunked body is cut',
      'cut-reply',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n10\r\n'),
    ],
    ['the reply is no HTTP', 'malformed-reply', (socket) => socket.end('00 130228114512\r\n')],
    [
      'a chunk is garbled',
      'malformed-reply',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'),
    ],
    ['the reply is too large', 'reply-too-large', (socket) => socket.write(httpReply(200, '0'.repeat(2000)))],
    ['the reply is empty', 'empty-reply', (socket) => socket.write(httpReply(200, ''))],
    ['the reply has no body', 'empty-reply', (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n')],
    ['the reply is a page', 'html-reply', (socket) => socket.write(httpReply(200, '<html>Hello</html>'))],
    [
      'a garbled chunk follows half a code',
      'malformed-reply',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n0\r\nxyz\r\n'),
    ],
    [
      'the server speaks another protocol',
      'malformed-reply',
      (socket) => socket.end(`${switching}00 1302\r\n`),
    ],
    [
      'nothing but interim replies comes',
      'reset-after-write',
      (socket) => socket.end(interim('100 Continue')),
    ],
    [
      'an interim reply is cut',
      'cut-reply',
      (socket) => socket.end('HTTP/1.1 102 Processing\r\nserver: x\r\n'),
    ],
    [
      'an interim reply never ends',
      'reply-too-large',
      (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: ${'x'.repeat(40_000)}`),
    ],
    [
      'interim replies never end',
      'reply-timeout',
      (socket) => repeat(socket, interim('102 Processing')),
      { headersTimeoutMs: 300 },
    ],
  ];

  it.each(cases)('where %s: %s', async (_what, cause, script, overrides) => {
    const { outcome } = await sendOnce(script, overrides);
    expect(outcome).toEqual({ kind: 'uncertain', cause });
  });

  it.each([500, 502, 504])('where the server says %d', async (status) => {
    const attempt = await sendOnce((socket) => socket.write(httpReply(status, '<html>sorry</html>')));
    expect(attempt).toMatchObject({ outcome: { kind: 'uncertain', cause: 'http-5xx', status }, status });
  });
});

/** A reply before the reply, which nobody has asked for. */
const interim = (status: string): string => `HTTP/1.1 ${status}\r\n\r\n`;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: foo\r\n\r\n';

/** Writes the same again and again. */
function repeat(socket: Parameters<Script>[0], text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.on('close', () => clearInterval(timer));
}

async function writeByteByByte(socket: Parameters<Script>[0], text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of text) {
    socket.write(byte);
    await nextTurn();
  }
}

/** Writes a byte of the body at a time, so that no pause is long. */
function drip(socket: Parameters<Script>[0]): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
  repeat(socket, '1');
}

describe.concurrent('a reply that is one', () => {
  it.each([
    ['with its length', acceptance],
    ['after a 100 that nobody asked for', interim('100 Continue') + acceptance],
    ['after a 101 that changes nothing', interim('101 Switching Protocols') + acceptance],
    ['after a 102', interim('102 Processing') + acceptance],
    ['after a 103 with headers', `HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n${acceptance}`],
    ['after a 199 of HTTP/1.0', `HTTP/1.0 199 X\r\n\r\n${acceptance}`],
    [
      'after many interim replies',
      interim('100 Continue') +
        interim('102 Processing').repeat(5_000) +
        interim('100 Continue') +
        acceptance,
    ],
    [
      'and speaks of interim replies in its body',
      httpReply(200, '00 130228114512\r\nHTTP/1.1 100 Continue\r\n\r\n'),
    ],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n00 \r\nc\r\n130228114512\r\n0\r\n\r\n',
    ],
  ])('%s is accepted', async (_what, reply) => {
    expect(await sendOnce((socket) => socket.write(reply))).toMatchObject({ outcome: accepted, status: 200 });
  });

  it('after interim replies is accepted however it is split into packets', async () => {
    const whole = `${interim('100 Continue')}${interim('102 Processing')}${acceptance}`;
    const { outcome } = await sendOnce((socket) => void writeByteByByte(socket, whole));
    expect(outcome).toEqual(accepted);
  });

  it('after interim replies leaves the connection fit for the next request', async () => {
    await using server = await rawServer((socket) => socket.write(interim('100 Continue') + acceptance));
    const client = createJetsmsClient(accountSettings({ url: server.url, connections: 1 }));
    for (const _ of [1, 2, 3]) expect((await client.send(request)).outcome).toEqual(accepted);
    expect(server.requests).toHaveLength(3);
    expect(server.sockets.size).toBe(1);
    await client.close();
  });

  it('after an interim reply is accepted over TLS too', async () => {
    const identity = selfSigned('localhost');
    setDefaultCACertificates([...getCACertificates(), identity.cert]);
    const server = createTlsServer(identity, (socket) =>
      socket.once('data', () => socket.write(interim('100 Continue') + acceptance)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { outcome } = await sendTo(`https://localhost:${(server.address() as AddressInfo).port}/`);
    server.close();
    expect(outcome).toEqual(accepted);
  });

  it('up to the end of the connection is accepted', async () => {
    const { outcome } = await sendOnce((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n00 130228114512'));
    expect(outcome).toEqual(accepted);
  });

  it('is taken from a server that has closed its half after it', async () => {
    const { outcome } = await sendOnce((socket) => socket.end(acceptance));
    expect(outcome).toEqual(accepted);
  });

  it.each([301, 302, 307, 308])('%d is refused, and not followed', async (status) => {
    await using elsewhere = await rawServer((socket) => socket.write(acceptance));
    const attempt = await sendOnce((socket) =>
      socket.write(httpReply(status, '', `location: ${elsewhere.url}\r\n`)),
    );
    expect(attempt).toMatchObject({ outcome: { kind: 'refused', by: 'http', status }, status });
    expect(elsewhere.requests).toHaveLength(0);
  });

  it.each([401, 404])('%d is refused', async (status) => {
    const { outcome } = await sendOnce((socket) => socket.write(httpReply(status, '00 130228114512')));
    expect(outcome).toEqual({ kind: 'refused', by: 'http', status });
  });

  it('refuses without repeating the password or the text', async () => {
    const quoting = httpReply(200, '90 XML Parser Hatasi : correct horse, Merhaba Ayşe, 905321234567');
    const { outcome } = await sendOnce((socket) => socket.write(quoting));
    expect(outcome).toEqual(refusedBy('90', 'XML Parser Hatasi : *, *, *'));
  });

  it('has its time measured by the clock that was given', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const times = [1_000, 1_250];
    const client = createJetsmsClient(accountSettings({ url: server.url }), {
      now: () => times.shift() ?? 0,
    });
    expect((await client.send(request)).durationMs).toBe(250);
    await client.close();
  });

  it('answers one POST to the account’s own path, with the document as the body', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    await sendTo(server.url);
    const [head, body] = server.requests[0]?.split('\r\n\r\n') ?? [];
    expect(head).toMatch(/^POST \/SMS-Web\/xmlsms HTTP\/1\.1\r\n/);
    expect(head).toContain('\r\ncontent-type: text/xml; charset=utf-8\r\n');
    expect(head).toContain('\r\naccept-encoding: identity\r\n');
    expect(head).toContain(`\r\nuser-agent: jetsms-delivery/${packageVersion()}\r\n`);
    expect(Buffer.from(body ?? '', 'latin1').toString()).toContain('<text>Merhaba Ayşe</text>');
  });
});

describe.concurrent('of a reply that broke off, what came is read', () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n';
  const withoutId = { kind: 'accepted' };
  const cases: [what: string, outcome: object, script: Script, overrides?: Partial<AccountSettings>][] = [
    ['an acceptance that is closed', withoutId, (socket) => socket.end(`${head}00 1302`)],
    ['an acceptance without anything behind it', withoutId, (socket) => socket.end(`${head}00`)],
    ['an acceptance with a whole id', accepted, (socket) => socket.end(`${head}00 130228114512\r`)],
    [
      'an acceptance that is reset',
      withoutId,
      (socket) => socket.write(`${head}00 1302`, () => socket.resetAndDestroy()),
    ],
    [
      'an acceptance that stands still',
      withoutId,
      (socket) => socket.write(`${head}00 130228114512`),
      { bodyTimeoutMs: 100 },
    ],
    [
      'an acceptance that drips past the whole time',
      withoutId,
      (socket) => {
        socket.write(`${head}00 `);
        repeat(socket, '1');
      },
      { requestTimeoutMs: 300 },
    ],
    [
      'an acceptance in chunks',
      withoutId,
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n00 1302\r\n'),
    ],
    [
      'an acceptance before a garbled chunk',
      withoutId,
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n00 1302\r\nxyz\r\n'),
    ],
    [
      'an acceptance before far too much',
      accepted,
      (socket) => socket.write(httpReply(200, `00 130228114512 ${'x'.repeat(200_000)}`)),
    ],
    ['a refusal with its words', refusedBy('10', 'wrong us'), (socket) => socket.end(`${head}10 wrong us`)],
    [
      'a refusal whose words do not matter',
      refusedBy('11', 'not eno'),
      (socket) => socket.write(`${head}11 not eno`, () => socket.resetAndDestroy()),
    ],
  ];

  it.each(cases)('%s', async (_what, outcome, script, overrides) => {
    const attempt = await sendOnce(script, overrides);
    expect(attempt).toMatchObject({ status: 200 });
    expect(attempt.outcome).toEqual(outcome);
  });
});

describe('a reply that is encoded although nobody asked for it', () => {
  const encoded = (encoding: string, body: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`,
      ),
      body,
    ]);

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('in %s is accepted', async (encoding, encode) => {
    const body = encode(Buffer.from('00 130228114512\r\n'));
    const { outcome } = await sendOnce((socket) => socket.write(encoded(encoding, body)));
    expect(outcome).toEqual(accepted);
  });

  it('in gzip is accepted without an id where it was cut', async () => {
    const whole = gzipSync(Buffer.from('00 130228114512'));
    const { outcome } = await sendOnce((socket) => socket.write(encoded('gzip', whole.subarray(0, -9))));
    expect(outcome).toEqual({ kind: 'accepted' });
  });

  it('and grows far too large is uncertain, unless it begins with an acceptance', async () => {
    const large = (begin: string) => gzipSync(Buffer.from(begin.padEnd(5_000_000, ' x')));
    const refusal = await sendOnce((socket) => socket.write(encoded('gzip', large('hello'))));
    expect(refusal.outcome).toEqual({ kind: 'uncertain', cause: 'reply-too-large' });
    const acceptance = await sendOnce((socket) => socket.write(encoded('gzip', large('00 130228114512 '))));
    expect(acceptance.outcome).toEqual(accepted);
  });
});

describe('a kept connection', () => {
  /** A client of one connection which has just been used and stands idle. */
  async function idle(server: RawServer): Promise<JetsmsClient> {
    const client = createJetsmsClient(accountSettings({ url: server.url, connections: 1 }));
    await client.send(request);
    return client;
  }

  it('is used again', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = await idle(server);
    await client.send(request);
    expect(server.sockets.size).toBe(1);
    await client.close();
  });

  it('that is reset before the next request is written makes it unsent', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = await idle(server);
    // From here the event loop polls the sockets before undici writes.
    await nextTurn();
    for (const socket of server.sockets) socket.resetAndDestroy();
    const { outcome } = await client.send(request);
    expect(outcome).toEqual({ kind: 'unsent', cause: 'reset-before-write' });
    expect(server.requests).toHaveLength(1);
    await client.close();
  });

  it('that the server closes while idle is replaced, and the request goes once', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = await idle(server);
    await nextTurn();
    for (const socket of server.sockets) socket.end();
    const { outcome } = await client.send(request);
    expect(outcome).toEqual(accepted);
    expect(server.requests).toHaveLength(2);
    await client.close();
  });

  it('that dies with the request on it makes that one uncertain, and the POST is not sent again', async () => {
    await using server = await rawServer((socket, nth) => {
      if (nth === 2) socket.resetAndDestroy();
      else socket.write(acceptance);
    });
    const client = await idle(server);
    const outcomes = await Promise.all([client.send(request), client.send(request)]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      { kind: 'uncertain', cause: 'reset-after-write' },
      accepted,
    ]);
    expect(server.requests).toHaveLength(3);
    await client.close();
  });
});

describe('stopping', () => {
  it('by a signal that has already fired sends nothing', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = createJetsmsClient(accountSettings({ url: server.url }));
    const { outcome } = await client.send(request, { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: 'unsent', cause: 'aborted' });
    expect(server.requests).toHaveLength(0);
    await client.close();
  });

  it('by a signal leaves a waiting request unsent and one in flight uncertain', async () => {
    await using server = await rawServer((socket, nth) => {
      if (nth > 1) socket.write(acceptance);
    });
    const client = createJetsmsClient(accountSettings({ url: server.url, connections: 1 }));
    const stop = new AbortController();
    const sends = [
      client.send(request, { signal: stop.signal }),
      client.send(request, { signal: stop.signal }),
    ];
    await waitFor(() => server.requests.length === 1);
    stop.abort();
    const outcomes = (await Promise.all(sends)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual([
      { kind: 'uncertain', cause: 'aborted' },
      { kind: 'unsent', cause: 'aborted' },
    ]);
    expect((await client.send(request)).outcome).toEqual(accepted);
    expect(server.requests).toHaveLength(2);
    await client.close();
  });

  it('by close lets a request in flight end and takes no more', async () => {
    await using server = await rawServer(() => {});
    const client = createJetsmsClient(accountSettings({ url: server.url }));
    const inFlight = client.send(request);
    await waitFor(() => server.requests.length === 1);
    const closed = client.close();
    expect((await client.send(request)).outcome).toEqual({ kind: 'unsent', cause: 'aborted' });
    for (const socket of server.sockets) socket.write(acceptance);
    expect((await inFlight).outcome).toEqual(accepted);
    await closed;
  });

  it('by destroy ends a request in flight as aborted', async () => {
    await using server = await rawServer(() => {});
    const http = createHttpClient(accountSettings({ url: server.url, connections: 1 }));
    const results = [http.post({ body: Buffer.from('a') }), http.post({ body: Buffer.from('b') })];
    await waitFor(() => server.requests.length === 1);
    await http.destroy();
    expect(await Promise.all(results)).toEqual([
      { kind: 'failed', outcome: { kind: 'uncertain', cause: 'aborted' } },
      { kind: 'failed', outcome: { kind: 'unsent', cause: 'aborted' } },
    ]);
  });
});

it('a GET goes to the path that it names', async () => {
  await using server = await rawServer((socket) => socket.write(httpReply(200, '1250')));
  const http = createHttpClient(accountSettings({ url: server.url }));
  const result = await http.get({ path: '/SMS-Web/examine?type=charge' });
  await http.close();
  expect(result).toMatchObject({ kind: 'response', status: 200, body: Buffer.from('1250') });
  expect(server.requests[0]).toMatch(/^GET \/SMS-Web\/examine\?type=charge HTTP\/1\.1\r\n/);
});

/** Answers each request after a moment, from a thread of its own: this one can stand still meanwhile. */
const otherThread = `
const { parentPort } = require('node:worker_threads');
const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => {
    parentPort.postMessage('asked');
    setTimeout(() => response.end('00 130228114512'), 50);
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

it('a reply that came while the process stood still counts, though its time is over', async () => {
  const server = new Worker(otherThread, { eval: true });
  const [port] = await once(server, 'message');
  const client = createJetsmsClient(
    accountSettings({ url: `http://127.0.0.1:${port}/SMS-Web/xmlsms`, requestTimeoutMs: 300 }),
  );
  const sending = client.send(request);
  await once(server, 'message');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  expect((await sending).outcome).toEqual(accepted);
  await client.close();
  await server.terminate();
});
