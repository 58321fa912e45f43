import { expect, it } from 'vitest';
import { runCli, startCli } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

it('lets in whoever has a key of `jetsms keys`, for what it is for, and nobody once it is revoked', async () => {
  const env = {
    JETSMS_REDIS_URL: sharedRedisUrl(),
    JETSMS_PREFIX: freshPrefix(),
    JETSMS_TITLE: 'FIRMA',
    JETSMS_HEALTH_PORT: '0',
  };
  const created = await runCli(['keys', 'create', '--name', 'shop', '--rights', 'send'], { env });
  await using gateway = startCli(['gateway', '--port', '0'], { env });
  const { url } = JSON.parse(await gateway.waitForLine(/"msg":"gateway\.started"/));
  const headers = { authorization: `Bearer ${created.stdout.trim()}`, 'content-type': 'application/json' };
  const send = () =>
    fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ to: '0532 123 45 67', text: 'Merhaba' }),
    });
  const sent = await send();
  expect(sent.status).toBe(202);
  const { location } = Object.fromEntries(sent.headers);
  expect((await fetch(`${url}${location}`, { headers })).status).toBe(403);
  expect((await runCli(['keys', 'revoke', 'shop'], { env })).code).toBe(0);
  expect((await send()).status).toBe(401);
  gateway.signal('SIGTERM');
  expect(await gateway.exit).toEqual({ code: 0, signal: null });
  expect([...gateway.stdout, ...gateway.stderr].join('\n')).not.toContain(created.stdout.trim());
});
