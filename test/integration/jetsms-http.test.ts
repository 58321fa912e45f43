import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import { createHttpClient } from '../../src/jetsms/http.ts';
import type { Attempt, JetsmsClient, Parcel } from '../../src/jetsms/parcel.ts';
import type { AccountSettings } from '../../src/settings/account.ts';
import { accountSettings } from '../support/account-settings.ts';
import { refusedBy } from '../support/outcomes.ts';
import { httpReply, type RawServer, rawServer, type Script } from '../support/raw-server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { waitFor } from '../support/wait-for.ts';

const parcel: Parcel = { title: 'ACME', messages: [{ id: 'm1', to: '905321234567', text: 'Merhaba Ayşe' }] };
const acceptance = httpReply(200, '00 130228114512\r\n');
const accepted = { kind: 'accepted', groupId: '130228114512' };

/** Sends one parcel to `url` and closes the client. */
async function sendTo(url: string, overrides: Partial<AccountSettings> = {}): Promise<Attempt> {
  const client = createJetsmsClient(accountSettings({ url, ...overrides }));
  try {
    return await client.send(parcel);
  } finally {
    await client.close();
  }
}

/** Sends one parcel to a server that answers by `script`, and proves that it was asked just once. */
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
    const attempts = await Promise.all([client.send(parcel), client.send(parcel)]);
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
    const [first, second] = await Promise.all([client.send(parcel), client.send(parcel)]);
    await client.close();
    expect(first.outcome).toEqual({ kind: 'uncertain', cause: 'request-timeout' });
    // Its time ends together with the first one's, which frees the connection: on a busy machine it may start just then,
    // and be stopped before the server sees it. What must never be is that the server has it and it counts as unsent.
    await pause(100);
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
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n00 1302'),
      { bodyTimeoutMs: 100 },
    ],
    ['the body drips past the whole time', 'request-timeout', drip, { requestTimeoutMs: 300 }],
    ['the connection is reset', 'reset-after-write', (socket) => socket.resetAndDestroy()],
    ['the connection is closed', 'reset-after-write', (socket) => socket.end()],
    ['the headers are cut', 'cut-reply', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-')],
    [
      'the body is cut',
      'cut-reply',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n00 1302'),
    ],
    [
      'the body is cut by a reset',
      'cut-reply',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n00 1302', () => socket.resetAndDestroy()),
    ],
    [
      'a chunked body is cut',
      'cut-reply',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n00 1302\r\n'),
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
    ['the reply has no id', 'accepted-without-id', (socket) => socket.write(httpReply(200, '00 '))],
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

/** Writes a byte of the body at a time, so that no pause is long. */
function drip(socket: Parameters<Script>[0]): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
  const timer = setInterval(() => socket.write('0'), 20);
  socket.on('close', () => clearInterval(timer));
}

describe.concurrent('a reply that is one', () => {
  it.each([
    ['with its length', acceptance],
    ['after a 103', `HTTP/1.1 103 Early Hints\r\n\r\n${acceptance}`],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n00 \r\nc\r\n130228114512\r\n0\r\n\r\n',
    ],
  ])('%s is accepted', async (_what, reply) => {
    expect(await sendOnce((socket) => socket.write(reply))).toMatchObject({ outcome: accepted, status: 200 });
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
    expect((await client.send(parcel)).durationMs).toBe(250);
    await client.close();
  });

  it('answers one POST to the account’s own path, with the document as the body', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    await sendTo(server.url);
    const [head, body] = server.requests[0]?.split('\r\n\r\n') ?? [];
    expect(head).toMatch(/^POST \/SMS-Web\/xmlsms HTTP\/1\.1\r\n/);
    expect(head).toContain('\r\ncontent-type: text/xml; charset=utf-8\r\n');
    expect(Buffer.from(body ?? '', 'latin1').toString()).toContain('<text>Merhaba Ayşe</text>');
  });
});

describe('a kept connection', () => {
  /** A client of one connection which has just been used and stands idle. */
  async function idle(server: RawServer): Promise<JetsmsClient> {
    const client = createJetsmsClient(accountSettings({ url: server.url, connections: 1 }));
    await client.send(parcel);
    return client;
  }

  it('is used again', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = await idle(server);
    await client.send(parcel);
    expect(server.sockets.size).toBe(1);
    await client.close();
  });

  it('that is reset before the next request is written makes it unsent', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = await idle(server);
    // From here the event loop polls the sockets before undici writes.
    await nextTurn();
    for (const socket of server.sockets) socket.resetAndDestroy();
    const { outcome } = await client.send(parcel);
    expect(outcome).toEqual({ kind: 'unsent', cause: 'reset-before-write' });
    expect(server.requests).toHaveLength(1);
    await client.close();
  });

  it('that the server closes while idle is replaced, and the request goes once', async () => {
    await using server = await rawServer((socket) => socket.write(acceptance));
    const client = await idle(server);
    await nextTurn();
    for (const socket of server.sockets) socket.end();
    const { outcome } = await client.send(parcel);
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
    const outcomes = await Promise.all([client.send(parcel), client.send(parcel)]);
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
    const { outcome } = await client.send(parcel, { signal: AbortSignal.abort() });
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
      client.send(parcel, { signal: stop.signal }),
      client.send(parcel, { signal: stop.signal }),
    ];
    await waitFor(() => server.requests.length === 1);
    stop.abort();
    const outcomes = (await Promise.all(sends)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual([
      { kind: 'uncertain', cause: 'aborted' },
      { kind: 'unsent', cause: 'aborted' },
    ]);
    expect((await client.send(parcel)).outcome).toEqual(accepted);
    expect(server.requests).toHaveLength(2);
    await client.close();
  });

  it('by close lets a request in flight end and takes no more', async () => {
    await using server = await rawServer(() => {});
    const client = createJetsmsClient(accountSettings({ url: server.url }));
    const inFlight = client.send(parcel);
    await waitFor(() => server.requests.length === 1);
    const closed = client.close();
    expect((await client.send(parcel)).outcome).toEqual({ kind: 'unsent', cause: 'aborted' });
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
  const sending = client.send(parcel);
  await once(server, 'message');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  expect((await sending).outcome).toEqual(accepted);
  await client.close();
  await server.terminate();
});
