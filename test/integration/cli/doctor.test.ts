import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { freePort } from '../../../src/cli/redis-process.ts';
import { createSimulator, type NewAccount, type Simulator } from '../../../src/simulator/index.ts';
import { refusing, startConnectProxy } from '../../support/connect-proxy.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { startSentinel } from '../../support/sentinel.ts';
import { startReceiver, webhookSecret } from '../../support/webhook-receiver.ts';
import { captureCli } from '../../unit/cli/capture.ts';

type Env = Readonly<Record<string, string>>;

interface Visit {
  readonly exitCode: number;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** The finding of a check. */
  finding(check: string): Finding | undefined;
}

async function doctor(env: Env): Promise<Visit> {
  const { exitCode, out } = await captureCli(['doctor', '--json'], { env });
  const { ok, findings } = JSON.parse(out.join('\n'));
  const finding = (check: string) => findings.find((one: Finding) => one.check === check);
  return { exitCode, ok, findings, finding };
}

/** A JetSMS with one account, and the settings that fit it. */
async function withJetsms(
  account: Partial<NewAccount>,
  test: (env: Env, simulator: Simulator) => Promise<void>,
): Promise<void> {
  await using simulator = createSimulator({ accounts: [{ ...login, titles: ['DEMO'], ...account }] });
  await simulator.listen();
  await test(
    {
      JETSMS_REDIS_URL: sharedRedisUrl(),
      JETSMS_URL: simulator.xmlUrl,
      JETSMS_USERNAME: login.username,
      JETSMS_PASSWORD: login.password,
      JETSMS_TITLE: 'DEMO',
    },
    simulator,
  );
}

const login = { username: 'shop', password: 'correct-horse-battery' };

describe('jetsms doctor', () => {
  it('finds jobs of an earlier version, beside which no worker starts', async () => {
    const prefix = freshPrefix();
    const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
    const queue = new Queue('jetsms-default', { connection: redis, prefix });
    await queue.add('otp', {}, { delay: 60_000 });
    await queue.close();
    redis.disconnect();
    await withJetsms({}, async (env) => {
      const { exitCode, findings } = await doctor({ ...env, JETSMS_PREFIX: prefix });
      expect(exitCode).not.toBe(0);
      expect(findings).toContainEqual(
        expect.objectContaining({
          check: 'redis',
          account: 'default',
          level: 'error',
          says: expect.stringMatching(/^1 send jobs of an earlier version/),
          whatToDo: expect.stringMatching(/workers of that version run/),
        }),
      );
    });
  });

  it('finds nothing wrong where nothing is', async () => {
    await withJetsms({ credit: 42 }, async (env) => {
      const { exitCode, ok, findings } = await doctor(env);
      expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
      expect(findings.map(({ check, level }) => `${level} ${check}`)).toEqual([
        'ok settings',
        'ok version',
        'ok eviction',
        'warning persistence',
        'ok writable',
        'ok clock',
        'ok endpoint',
        'ok login',
        'ok title',
      ]);
      expect(findings.at(-2)?.says).toBe('JetSMS takes the login; 42 credit left');
    });
  });

  it('says the same in lines for people, with what to do', async () => {
    await withJetsms({}, async (env) => {
      const { out } = await captureCli(['doctor'], { env });
      expect(out.find((line) => line.startsWith('warning  persistence'))).toMatch(/Set `appendonly yes`/);
      expect(out.at(-1)).toMatch(/^ok +title default +the title DEMO is approved$/);
    });
  });

  it('goes through the proxy, and says so', async () => {
    await using proxy = await startConnectProxy({ login: 'way:hidden-word' });
    await withJetsms({}, async (env) => {
      const { exitCode, finding, findings } = await doctor({
        ...env,
        JETSMS_PROXY_URL: proxy.url.replace('//', '//way:hidden-word@'),
      });
      expect(exitCode).toBe(0);
      expect(finding('endpoint')?.says).toMatch(
        /^127\.0\.0\.1:\d+ answers within \d+ ms through the proxy 127\.0\.0\.1:\d+, without TLS$/,
      );
      expect(finding('login')).toMatchObject({ level: 'ok' });
      // The probe, and the questions for credit and titles.
      expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
      expect(JSON.stringify(findings)).not.toContain('hidden-word');
    });
  });

  it.each([
    [407, 'refuses the login (proxy-login)', /login in proxyUrl/],
    [403, 'does not let us there (proxy-refused)', /allow CONNECT/],
    [502, 'answers, but cannot get there itself (proxy-bad-gateway)', /firewall and DNS of the proxy/],
  ])('names the leg that fails: the proxy with %d', async (status, says, whatToDo) => {
    await using proxy = await startConnectProxy({ script: refusing(status) });
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({ ...env, JETSMS_PROXY_URL: proxy.url });
      expect(exitCode).toBe(3);
      const { host } = new URL(proxy.url);
      expect(finding('endpoint')?.says).toBe(
        `the proxy ${host} ${says}, on the way to ${new URL(env['JETSMS_URL'] ?? '').host}`,
      );
      expect(finding('endpoint')?.whatToDo).toMatch(whatToDo);
    });
  });

  it('names the leg that fails: JetSMS behind a proxy that works', async () => {
    await using proxy = await startConnectProxy();
    await withJetsms({}, async (env) => {
      const { finding } = await doctor({
        ...env,
        JETSMS_URL: (env['JETSMS_URL'] ?? '').replace('http:', 'https:'),
        JETSMS_PROXY_URL: proxy.url,
      });
      expect(finding('endpoint')?.says).toMatch(/does not speak TLS .* through the proxy 127.* \(tls\)$/);
    });
  });

  it('shows the switches and the certificates that are set', async () => {
    const { cert } = selfSigned('proxy.example');
    await withJetsms({}, async (env, { webServiceUrl }) => {
      const { finding } = await doctor({
        ...env,
        JETSMS_SURFACE: 'web-service',
        JETSMS_URL: webServiceUrl,
        JETSMS_CHANNEL: 'VF, otp=VFO',
        JETSMS_EXCLUSION_WINDOW: 'bulk=23:00-08:00',
        JETSMS_PROVIDER_CA: cert,
      });
      expect(finding('switches')).toMatchObject({
        level: 'ok',
        says: 'every request carries channel VF, otp=VFO; exclusionWindow bulk=23:00-08:00 (what JetSMS makes of it, it does not tell)',
      });
      expect(finding('trust')?.says).toMatch(/^providerCa has 1 certificate; the first ends in \d+ days$/);
    });
  });

  it('sends no message', async () => {
    await withJetsms({}, async (env, simulator) => {
      await doctor(env);
      expect(simulator.stats().acceptedMessages).toBe(0);
    });
  });

  it('names every setting that is missing, and looks no further', async () => {
    const { exitCode, findings } = await doctor({});
    expect(exitCode).toBe(1);
    expect(new Set(findings.map(({ check, level }) => `${level} ${check}`))).toEqual(
      new Set(['error settings']),
    );
    expect(findings.map(({ whatToDo }) => whatToDo).join()).toMatch(/JETSMS_REDIS_URL.*JETSMS_PASSWORD/s);
  });

  it('says that a title will get code 12, and which titles there are', async () => {
    await withJetsms({ titles: ['ACME', 'SHOP'] }, async (env) => {
      const { exitCode, finding } = await doctor(env);
      expect(exitCode).toBe(1);
      expect(finding('title')).toMatchObject({
        level: 'error',
        says: expect.stringMatching(/no title DEMO.*code 12/),
      });
      expect(finding('title')?.whatToDo).toMatch(/ACME, SHOP/);
    });
  });

  it('says that the login is wrong, without repeating it', async () => {
    await withJetsms({}, async (env) => {
      const visit = await doctor({ ...env, JETSMS_PASSWORD: 'another-secret' });
      expect(visit.exitCode).toBe(1);
      expect(visit.finding('login')).toMatchObject({
        level: 'error',
        says: expect.stringMatching(/code 10/),
      });
      expect(JSON.stringify(visit.findings)).not.toMatch(/another-secret|correct-horse/);
    });
  });

  it('warns where the account has no credit', async () => {
    await withJetsms({ credit: 0 }, async (env) => {
      const { exitCode, finding } = await doctor(env);
      expect({ exitCode, level: finding('login')?.level }).toEqual({ exitCode: 0, level: 'warning' });
    });
  });

  it('only warns where JetSMS does not answer questions about accounts', async () => {
    await withJetsms({}, async (env, simulator) => {
      simulator.faults.add({ kind: 'status', status: 404, match: { on: 'account-query' } });
      const { exitCode, finding } = await doctor(env);
      expect(exitCode).toBe(0);
      expect(finding('login')).toMatchObject({ level: 'warning', says: expect.stringMatching(/http-404/) });
      expect(finding('title')).toMatchObject({ level: 'warning' });
    });
  });

  it('ends with exit code 3 where Redis is away, and looks at JetSMS all the same', async () => {
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({
        ...env,
        JETSMS_REDIS_URL: `redis://:hidden-word@127.0.0.1:${await freePort()}`,
      });
      expect(exitCode).toBe(3);
      expect(finding('redis')).toMatchObject({
        level: 'error',
        says: 'Redis does not answer (ECONNREFUSED)',
      });
      expect(finding('login')).toMatchObject({ level: 'ok' });
    });
  });

  it('does not stand still with a Redis that does', async () => {
    await using redis = await startRedis();
    await withJetsms({}, async (env) => {
      redis.freeze();
      const { exitCode } = await doctor({ ...env, JETSMS_REDIS_URL: redis.url });
      expect(exitCode).toBe(3);
    });
  });

  it('refuses a Redis that may evict', async () => {
    await using redis = await startRedis({ aof: 'everysec', maxmemoryPolicy: 'allkeys-lru' });
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({ ...env, JETSMS_REDIS_URL: redis.url });
      expect(exitCode).toBe(1);
      expect(finding('eviction')).toMatchObject({ level: 'error' });
      expect(finding('persistence')).toMatchObject({ level: 'ok' });
    });
  });

  it('names the rights that the user of Redis lacks', async () => {
    await using redis = await startRedis();
    const rights = ['on', '>pw', '~{jetsms}:*', '+@all', '-xadd'];
    await redis.client().call('ACL', 'SETUSER', 'few', ...rights);
    await withJetsms({}, async (env) => {
      const url = `redis://few:pw@127.0.0.1:${redis.port}`;
      const { exitCode, finding } = await doctor({ ...env, JETSMS_REDIS_URL: url });
      expect(exitCode).toBe(1);
      expect(finding('writable')).toMatchObject({ level: 'ok' });
      expect(finding('rights')).toMatchObject({
        level: 'error',
        says: 'The user of JETSMS_REDIS_URL may not run xadd',
      });
    });
  });

  it('tries a write, and says why Redis does not take it', async () => {
    await using redis = await startRedis();
    await redis.client().config('SET', 'maxmemory', '1');
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({ ...env, JETSMS_REDIS_URL: redis.url });
      expect(exitCode).toBe(1);
      expect(finding('writable')).toMatchObject({
        level: 'error',
        says: 'Redis refuses writes (OOM). Its memory is full',
      });
    });
  });

  it('knows a replica, and writes nothing to its primary', async () => {
    await using primary = await startRedis();
    await using replica = await startRedis({ args: ['--replicaof', primary.host, String(primary.port)] });
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({ ...env, JETSMS_REDIS_URL: replica.url });
      expect(exitCode).toBe(1);
      expect(finding('writable')).toMatchObject({
        level: 'error',
        says: expect.stringMatching(/is a replica/),
      });
      expect(finding('rights')).toBeUndefined();
      expect(await primary.client().dbsize()).toBe(0);
    });
  });

  it('names INFO where it may not be asked, and only warns that Redis does not say whether it evicts', async () => {
    await using redis = await startRedis();
    await redis.client().call('ACL', 'SETUSER', 'shy', 'on', '>pw', '~*', '+@all', '-info', '-config');
    await withJetsms({}, async (env) => {
      const shy = { ...env, JETSMS_REDIS_URL: `redis://shy:pw@127.0.0.1:${redis.port}` };
      const visit = await doctor(shy);
      expect(visit.exitCode).toBe(1);
      expect(visit.finding('rights')).toMatchObject({ level: 'error' });
      expect(visit.finding('rights')?.says).toMatch(/ may not run info$/);
      expect(visit.finding('eviction')).toMatchObject({ level: 'warning' });
      const vouched = await doctor({ ...shy, JETSMS_REDIS_NEVER_EVICTS: 'true' });
      expect(vouched.finding('eviction')).toMatchObject({ level: 'ok' });
    });
  });

  it('tells a wrong password from a Redis that is away', async () => {
    await using redis = await startRedis();
    await withJetsms({}, async (env) => {
      const url = `redis://nobody:hidden-word@127.0.0.1:${redis.port}`;
      const { findings, finding } = await doctor({ ...env, JETSMS_REDIS_URL: url });
      expect(finding('redis')?.says).toMatch(/^Redis refuses the connection \(WRONGPASS\)\. It /);
      expect(JSON.stringify(findings)).not.toContain('hidden-word');
    });
  });

  it('tells a certificate that nobody vouches for from a Redis that is away', async () => {
    const server = createServer(selfSigned('redis.example'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await withJetsms({}, async (env) => {
      const { finding } = await doctor({ ...env, JETSMS_REDIS_URL: `rediss://127.0.0.1:${port}` });
      expect(finding('redis')?.says).toMatch(/^Redis refuses the connection \(TLS\)\. It /);
    });
    server.close();
  });

  it('knows a Sentinel', async () => {
    await using sentinel = await startSentinel();
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({ ...env, JETSMS_REDIS_URL: sentinel.url });
      expect(exitCode).toBe(1);
      expect(finding('version')?.says).toBe('This is a Sentinel, which keeps no messages');
    });
  });

  it('ends with exit code 3 where nobody listens at the endpoint', async () => {
    await withJetsms({}, async (env) => {
      const { exitCode, finding } = await doctor({
        ...env,
        JETSMS_URL: `http://127.0.0.1:${await freePort()}/`,
      });
      expect(exitCode).toBe(3);
      expect(finding('endpoint')).toMatchObject({
        level: 'error',
        says: expect.stringMatching(/refuses the connection \(connection-refused\)/),
      });
      expect(finding('login')).toBeUndefined();
    });
  });

  it('does not trust a certificate that nobody has reason to trust', async () => {
    const server = createServer(selfSigned('jetsms.example'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await withJetsms({}, async (env) => {
      const { finding } = await doctor({ ...env, JETSMS_URL: `https://127.0.0.1:${port}/xmlsms` });
      expect(finding('endpoint')).toMatchObject({ level: 'error', says: expect.stringMatching(/\(tls\)$/) });
    });
    server.close();
  });

  it('looks whether the webhook endpoints can be reached, and sends them no event', async () => {
    const secret = webhookSecret(1);
    await using receiver = await startReceiver(secret);
    await withJetsms({}, async (env) => {
      const { exitCode, findings } = await doctor({
        ...env,
        JETSMS_WEBHOOK_URL: `${receiver.url}?token=hidden`,
        JETSMS_WEBHOOK_SECRET: secret,
      });
      expect(exitCode).toBe(0);
      const says = expect.stringMatching(/^default: 127\.0\.0\.1:\d+ answers within \d+ ms, without TLS$/);
      expect(findings.at(-1)).toEqual({ check: 'webhook', level: 'ok', says });
    });
    expect([...receiver.received, ...receiver.forged]).toEqual([]);
  });

  it('warns of a webhook endpoint that is away, which keeps no message', async () => {
    await withJetsms({}, async (env) => {
      const { exitCode, ok, finding } = await doctor({
        ...env,
        JETSMS_WEBHOOK_URL: `http://127.0.0.1:${await freePort()}/hooks/hidden`,
        JETSMS_WEBHOOK_SECRET: webhookSecret(1),
      });
      expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
      expect(finding('webhook')).toMatchObject({
        level: 'warning',
        says: expect.stringMatching(
          /^default: 127\.0\.0\.1:\d+ refuses the connection \(connection-refused\)$/,
        ),
        whatToDo: expect.stringMatching(/whether the receiver runs/),
      });
    });
  });
});
