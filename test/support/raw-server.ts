import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { waitFor } from './wait-for.ts';

/** What a raw server does with the nth request (from 1) of all that it got. */
export type Script = (socket: Socket, nth: number) => void;

/** A server that speaks only the bytes of its script, and keeps what it was sent. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  /** Whole requests as they came, in order. */
  readonly requests: readonly string[];
  /** Open connections, the newest last. */
  readonly sockets: ReadonlySet<Socket>;
}

/** Listens on a free port of the loopback; runs `script` each time a whole request has come. */
export async function rawServer(script: Script): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    readRequests(socket, (request) => script(socket, requests.push(request)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/SMS-Web/xmlsms`,
    requests,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits until all that clients have sent, which are closed now, was read: connections are taken in order. */
export async function untilAllRead({ url, sockets }: RawServer): Promise<void> {
  const last = connect(Number(new URL(url).port), '127.0.0.1').end();
  await once(last, 'connect');
  await waitFor(() => [...sockets].some(({ remotePort }) => remotePort === last.localPort));
  await waitFor(() => [...sockets].every(({ readableEnded }) => readableEnded));
}

function readRequests(socket: Socket, onRequest: (request: string) => void): void {
  let received = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    received += piece;
    for (let length = requestLength(received); length > 0; length = requestLength(received)) {
      const request = received.slice(0, length);
      received = received.slice(length);
      onRequest(request);
    }
  });
}

/** Characters of the first whole request in `received`; 0 while it is not whole. */
function requestLength(received: string): number {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const body = Number(/^content-length: (\d+)/im.exec(received.slice(0, head))?.[1] ?? 0);
  return received.length >= head + 4 + body ? head + 4 + body : 0;
}

/** A whole HTTP/1.1 reply that keeps the connection. */
export function httpReply(status: number, body: string, headers = ''): string {
  return `HTTP/1.1 ${status} X\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
