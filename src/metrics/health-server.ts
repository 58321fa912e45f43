import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

/** The pages of a worker for its supervisor and for Prometheus. */
export interface HealthServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:9464`. */
  readonly url: string;
  /** Ends it at once, open connections included. */
  close(): Promise<void>;
}

export interface HealthServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** What `/readyz` answers: 200 where `ready`, else 503; all of it is shown. */
  readonly readiness: () => { readonly ready: boolean };
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
}

/**
 * Serves `/healthz` (200 for as long as the process does anything), `/readyz` and `/metrics`.
 * @throws the system's error (`EADDRINUSE`, …) where it cannot listen
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return sendJson(response, 405, { error: 'only GET and HEAD' });
    }
    answer(path, response, options).catch(() => response.destroy());
  });
  server.listen({ host: options.host, port: options.port });
  await once(server, 'listening');
  const close = (): Promise<void> => closeServer(server);
  return { url: urlOf(server), close, [Symbol.asyncDispose]: close };
}

async function answer(
  path: string,
  response: ServerResponse,
  { readiness, metrics }: HealthServerOptions,
): Promise<void> {
  switch (path) {
    case '/healthz':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz': {
      const state = readiness();
      return sendJson(response, state.ready ? 200 : 503, state);
    }
    case '/metrics':
      return send(response, 200, metrics.contentType, await metrics.render());
    default:
      return sendJson(response, 404, { error: 'there are /healthz, /readyz and /metrics' });
  }
}

const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, 'application/json', `${JSON.stringify(body, null, 2)}\n`);

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the health server has no TCP port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
