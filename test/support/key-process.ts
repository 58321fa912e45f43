// A process that asks for API keys as a gateway does: it answers each request by what became of the key that it carries. It says its
// port on standard output.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createApiKeys } from '../../src/gateway/keys/api-keys.ts';
import { openOperatorRedis } from '../../src/queue/redis.ts';

interface KeyOrder {
  readonly redis: string;
  readonly prefix: string;
  readonly timeoutMs: number;
}

const { redis: url, prefix, timeoutMs } = JSON.parse(await text(process.stdin)) as KeyOrder;
const redis = openOperatorRedis(url, timeoutMs);
// Seen by what it makes fail.
redis.on('error', () => {});
const keys = createApiKeys({ redis, prefix, timeoutMs });

const server = createServer(async (request, response) => {
  const status = await keys.verify(request.headers.authorization ?? '').then(
    (grant) => (grant ? 200 : 401),
    () => 503,
  );
  response.writeHead(status).end();
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
