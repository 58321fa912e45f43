import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/process.ts';
import { sharedRedisUrl } from '../support/redis.ts';
import { selfSigned } from '../support/self-signed.ts';

describe('the jetsms doctor process', () => {
  it('tells for how long the certificate of the endpoint is good', async () => {
    const { key, cert } = selfSigned('localhost');
    const server = createServer({ key, cert }, (socket) => socket.end());
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const folder = await mkdtemp(join(tmpdir(), 'jetsms-doctor-'));
    const file = join(folder, 'ca.pem');
    await writeFile(file, cert);
    const { code, stdout } = await runCli(['doctor'], {
      env: {
        NODE_EXTRA_CA_CERTS: file,
        JETSMS_REDIS_URL: sharedRedisUrl(),
        JETSMS_URL: `https://localhost:${port}/xmlsms`,
        JETSMS_USERNAME: 'demo',
        JETSMS_PASSWORD: 'demo',
      },
    });
    server.close();
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(
      /ok +endpoint default +localhost:\d+ answers within \d+ ms; its certificate is good for \d+ days/,
    );
    // It hangs up on questions, so nothing is known of the login: a warning.
    expect(stdout).toMatch(/warning +login default +JetSMS does not say whether the login is right/);
    expect(code).toBe(0);
  });
});
