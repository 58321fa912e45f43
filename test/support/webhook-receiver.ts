import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A secret as Standard Webhooks wants it. */
export const webhookSecret = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;

/** A request that was verified by the library of Standard Webhooks. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly signatures: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: whatever a receiver reads out of JSON
  readonly body: any;
}

export type Answer = (response: ServerResponse, nth: number) => void;

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  /** Verified requests, in order, whatever was answered. */
  readonly received: readonly ReceivedWebhook[];
  /** Requests whose signature is not good. */
  readonly forged: readonly string[];
  /** What is answered from now on; 204 before. */
  answer(how: Answer): void;
}

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();

/** A receiver of webhooks on a free port of the loopback. */
export async function startReceiver(
  secret: string,
  tls?: { readonly key: string; readonly cert: string },
): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const forged: string[] = [];
  let answer: Answer = status(204);
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    try {
      const body = new Webhook(secret).verify(text, request.headers as Record<string, string>);
      const signatures = String(request.headers['webhook-signature']).split(' ');
      received.push({ id: String(request.headers['webhook-id']), signatures, body });
    } catch {
      forged.push(text);
    }
    answer(response, received.length);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    take(request, response).catch(() => response.destroy());
  };
  const server: Server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hooks/jetsms?token=hidden`,
    received,
    forged,
    answer(how) {
      answer = how;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
