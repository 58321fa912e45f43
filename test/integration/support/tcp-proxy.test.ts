import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A server that answers every byte with the same byte, behind a proxy. */
async function echoWorld() {
  const received: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received.push(String(bytes));
      socket.write(bytes);
    });
    socket.on('end', () => socket.end('bye'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy = await startTcpProxy({ port: address.port });
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  return { proxy, received };
}

interface Client {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly ended: () => boolean;
  readonly error: () => string | undefined;
}

async function connectTo(proxy: TcpProxy): Promise<Client> {
  const socket = dial({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
  let heard = '';
  let ended = false;
  let error: string | undefined;
  socket.on('data', (bytes) => {
    heard += String(bytes);
  });
  socket.on('end', () => {
    ended = true;
  });
  socket.on('error', (problem: NodeJS.ErrnoException) => {
    error = problem.code;
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return { socket, heard: () => heard, ended: () => ended, error: () => error };
}

describe('the TCP proxy', () => {
  it('forwards both ways and counts', async () => {
    const { proxy } = await echoWorld();
    const client = await connectTo(proxy);
    client.socket.write('hello');
    await waitFor(() => client.heard() === 'hello');
    expect(proxy.counters()).toEqual({ accepted: 1, open: 1, up: 5, down: 5 });
  });

  it('forwards the end of one half and keeps the other open', async () => {
    const { proxy } = await echoWorld();
    const client = await connectTo(proxy);
    client.socket.end('hello');
    await waitFor(() => client.ended() && client.heard() === 'hellobye');
    await waitFor(() => proxy.counters().open === 0);
  });

  it('cuts open connections and takes new ones', async () => {
    const { proxy } = await echoWorld();
    const client = await connectTo(proxy);
    client.socket.write('a');
    await waitFor(() => client.heard() === 'a');
    proxy.cut();
    await waitFor(() => client.error() === 'ECONNRESET');
    const next = await connectTo(proxy);
    next.socket.write('b');
    await waitFor(() => next.heard() === 'b');
  });

  it('refuses new connections, keeps open ones, and accepts again on the same port', async () => {
    const { proxy } = await echoWorld();
    const client = await connectTo(proxy);
    client.socket.write('a');
    await waitFor(() => client.heard() === 'a');
    await proxy.refuse();
    await expect(connectTo(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    client.socket.write('b');
    await waitFor(() => client.heard() === 'ab');
    await proxy.accept();
    const next = await connectTo(proxy);
    next.socket.write('c');
    await waitFor(() => next.heard() === 'c');
  });

  it('keeps bytes back while stalled and delivers them in order afterwards', async () => {
    const { proxy, received } = await echoWorld();
    const client = await connectTo(proxy);
    proxy.stall('up');
    client.socket.write('a');
    const other = await connectTo(proxy);
    await waitFor(() => proxy.counters().accepted === 2);
    client.socket.write('b');
    expect(received).toEqual([]);
    proxy.resume();
    await waitFor(() => client.heard() === 'ab');
    expect(other.heard()).toBe('');
  });

  it('stalls the replies alone', async () => {
    const { proxy, received } = await echoWorld();
    const client = await connectTo(proxy);
    proxy.stall('down');
    client.socket.write('a');
    await waitFor(() => received.join('') === 'a');
    expect(client.heard()).toBe('');
    proxy.resume();
    await waitFor(() => client.heard() === 'a');
  });

  it('delays what it forwards', async () => {
    const { proxy } = await echoWorld();
    const client = await connectTo(proxy);
    proxy.delay(60, 'down');
    const began = performance.now();
    client.socket.write('a');
    await waitFor(() => client.heard() === 'a');
    expect(performance.now() - began).toBeGreaterThanOrEqual(59);
  });

  it('half-closes towards the client, which can go on sending', async () => {
    const { proxy, received } = await echoWorld();
    const client = await connectTo(proxy);
    await waitFor(() => proxy.counters().open === 1);
    proxy.halfClose('down');
    await waitFor(() => client.ended());
    client.socket.write('a');
    await waitFor(() => received.join('') === 'a');
  });

  it('resets after so many bytes upstream', async () => {
    const { proxy, received } = await echoWorld();
    const client = await connectTo(proxy);
    proxy.resetAfter(3, 'up');
    client.socket.write('hello');
    await waitFor(() => client.error() === 'ECONNRESET');
    expect('hel'.startsWith(received.join(''))).toBe(true);
    expect(proxy.counters().up).toBe(3);
  });

  it('resets before the first byte of a reply, after the request arrived whole', async () => {
    const { proxy, received } = await echoWorld();
    const client = await connectTo(proxy);
    proxy.resetAfter(0, 'down');
    client.socket.write('hello');
    await waitFor(() => client.error() === 'ECONNRESET');
    expect(received.join('')).toBe('hello');
    expect(client.heard()).toBe('');
  });

  it('resets the client when the target refuses', async () => {
    const { proxy: nobody } = await echoWorld();
    await nobody.refuse();
    await using proxy = await startTcpProxy({ port: nobody.port });
    const client = await connectTo(proxy);
    await waitFor(() => client.error() === 'ECONNRESET');
  });
});
