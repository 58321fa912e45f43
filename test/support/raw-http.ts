import { connect, type Socket } from 'node:net';

/** One HTTP request written by hand, and what came back: for what an HTTP library would hide. */
export interface RawExchange {
  /** Everything received so far. */
  received(): string;
  /** How the connection ended: by the other side's end, by a reset. Resolves when it has. */
  readonly ended: Promise<'end' | 'reset'>;
  /** Whether the other side has ended or reset the connection. */
  isOpen(): boolean;
  close(): void;
}

/** Opens a connection to the URL's host and writes a POST with this body. */
export function rawPost(url: string, body: string | Buffer, headers: readonly string[] = []): RawExchange {
  const { hostname, port, pathname } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const bytes = Buffer.from(body);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    `Content-Length: ${bytes.length}`,
    ...headers,
  ];
  let received = '';
  let open = true;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('utf8');
  });
  const ended = new Promise<'end' | 'reset'>((resolve) => {
    socket.on('end', () => resolve('end'));
    socket.on('error', () => resolve('reset'));
  }).finally(() => {
    open = false;
  });
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(bytes);
  return { received: () => received, ended, isOpen: () => open, close: () => socket.destroy() };
}
