import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect as dial, type Socket } from 'node:net';

/** What a proxy does with one CONNECT, in place of opening the tunnel. */
export type ConnectScript = (client: Socket, authority?: string) => void;

export interface ConnectProxyOptions {
  /** `user:password`; without it anybody may pass. */
  readonly login?: string;
  /** Speaks TLS itself. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly script?: ConnectScript;
}

/** An HTTP proxy that knows CONNECT and nothing else, whose end can be brought about while it runs. */
export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What was asked for, in order; a request that is no CONNECT stands here by its method. */
  readonly asked: readonly string[];
  /** Tunnels that were opened, ever. */
  readonly opened: () => number;
  /** From now on every CONNECT is treated so; without one tunnels are opened again. */
  setScript(script: ConnectScript | undefined): void;
  /** Resets every tunnel. */
  cut(): void;
  /** Resets every tunnel, and nobody listens any more. */
  die(): Promise<void>;
  /** Listens again on the same port. */
  comeBack(): Promise<void>;
}

/** An answer to CONNECT that is no. */
export const refusing =
  (status: number): ConnectScript =>
  (client) =>
    client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);

/** Starts a proxy on a free port of the loopback address. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const { login, tls } = options;
  let { script } = options;
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  let opened = 0;

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const open = (client: Socket, authority: string, head: Buffer): void => {
    const { hostname, port } = new URL(`http://${authority}`);
    const target = dial(Number(port || 80), hostname.replace(/^\[(.*)\]$/, '$1'));
    track(target);
    const fail = (): void => refusing(502)(client, authority);
    target.once('error', fail);
    target.once('connect', () => {
      opened += 1;
      target.off('error', fail);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      client.pipe(target).pipe(client);
    });
    // A reset of one side reaches the other.
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  };
  const build = (): Server => {
    const server = tls ? createTlsServer(tls) : createServer();
    server.on('connection', track);
    server.on('request', (request, response) => {
      asked.push(request.method ?? '');
      response.writeHead(405).end();
    });
    server.on('connect', (request, client: Socket, head: Buffer) => {
      track(client);
      const authority = request.url ?? '';
      asked.push(authority);
      const given = Buffer.from(
        (request.headers['proxy-authorization'] ?? '').replace('Basic ', ''),
        'base64',
      );
      if (login !== undefined && given.toString() !== login) refusing(407)(client, authority);
      else if (script) script(client, authority);
      else open(client, authority, head);
    });
    return server;
  };

  let server = build();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    // A TLS socket cannot be reset; the one beneath it is here too.
    for (const socket of sockets) if (!('encrypted' in socket)) socket.resetAndDestroy();
  };
  const die = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  return {
    // A certificate of `selfSigned` is for a name.
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    asked,
    opened: () => opened,
    setScript(next) {
      script = next;
    },
    cut,
    die,
    async comeBack() {
      if (server.listening) return;
      server = build();
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    [Symbol.asyncDispose]: die,
  };
}
