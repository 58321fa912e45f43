import type { TestProcess } from '../../support/process.ts';
import type { TestRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Where an app that says on which port it listens is told that an order was shipped. */
export async function shippedAddress(app: TestProcess, order: string): Promise<string> {
  const line = await app.waitForLine(/listening/);
  const port = /(?:port":|127\.0\.0\.1:)(\d+)/.exec(line)?.[1];
  return `http://127.0.0.1:${port}/orders/${order}/shipped`;
}

/** Calls the app as the shop's back office does, which keeps no connection open that would delay the app's end. */
export const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });

/** Tells an app to end while Redis keeps a request of it waiting, which goes on once the app takes no others. */
export async function stopAmidRequest(app: TestProcess, redis: TestRedis, url: string): Promise<Response> {
  const client = redis.client();
  await client.call('CLIENT', 'PAUSE', '20000', 'WRITE');
  const answer = postJson(url, { phone: '0532 123 45 67' });
  await waitFor(async () => /^blocked_clients:[1-9]/m.test(await client.info('clients')));
  app.signal('SIGTERM');
  const isClosed = (): Promise<boolean> =>
    fetch(new URL('/', url)).then(
      ({ status }) => status === 503,
      () => true,
    );
  await waitFor(isClosed);
  await client.call('CLIENT', 'UNPAUSE');
  return answer;
}
