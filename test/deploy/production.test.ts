import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/index.ts';
import { projectFolder, runProcess, type TestProcess } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';
import { composePath } from './compose-file.ts';
import { type ComposedProcesses, composeProcesses } from './image.ts';
import { jetsmsAccount, startSlowSimulator, stopInFlight } from './in-flight.ts';

/** A server on which nobody has prepared anything: only what the project brings for it. */
async function newServer() {
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-server-'));
  await cp(`${projectFolder}deploy`, join(folder, 'deploy'), { recursive: true });
  const prepare = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    runProcess(['sh', join(folder, 'deploy/compose/prepare.sh'), ...args], { env, cwd: folder });
  return {
    folder,
    prepare,
    secret: (name: string) => readFile(join(folder, 'secrets', name), 'utf8'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const { username: JETSMS_USERNAME, title: JETSMS_TITLE } = jetsmsAccount;
const said = {
  JETSMS_URL: 'http://jetsms.example/',
  JETSMS_USERNAME,
  JETSMS_TITLE,
  SECRETS_DIR: './secrets',
};

describe('deploy/compose/prepare.sh', () => {
  it('says all that is missing at once, and only what is', async () => {
    await using server = await newServer();
    const missingOf = ({ stdout }: { readonly stdout: string }) =>
      [...stdout.matchAll(/^missing: ([^;]+);/gm)].map(([, name]) => name);
    const { JETSMS_URL: _, ...withoutUrl } = said;
    const first = await server.prepare({});
    expect([first.code, missingOf(first)]).toEqual([
      1,
      ['JETSMS_URL', 'JETSMS_USERNAME', 'JETSMS_TITLE', './secrets/jetsms-password'],
    ]);
    const second = await server.prepare(withoutUrl);
    expect([second.code, missingOf(second)]).toEqual([1, ['JETSMS_URL', './secrets/jetsms-password']]);
    await writeFile(join(server.folder, 'secrets/jetsms-password'), jetsmsAccount.password);
    expect(await server.prepare(said)).toMatchObject({ code: 0 });
    expect(await server.prepare(said, '--check')).toMatchObject({ code: 0 });
  });

  it('makes nothing where it only checks', async () => {
    await using server = await newServer();
    expect(await server.prepare(said, '--check')).toMatchObject({ code: 1 });
    await expect(stat(join(server.folder, 'secrets'))).rejects.toThrow('ENOENT');
  });

  it('invents passwords once, each another, in a folder that only its owner opens', async () => {
    await using server = await newServer();
    await server.prepare(said);
    const names = [
      'redis-url-worker',
      'redis-url-dashboard',
      'redis-url-gateway',
      'dashboard-password',
      'grafana-password',
    ];
    const made = await Promise.all(names.map((name) => server.secret(name)));
    const passwords = made.map((text) => /[0-9a-f]{48}/.exec(text)?.[0]);
    expect([passwords.includes(undefined), new Set(passwords).size]).toEqual([false, names.length]);
    expect((await stat(join(server.folder, 'secrets'))).mode & 0o777).toBe(0o700);
    await server.prepare(said);
    expect(await Promise.all(names.map((name) => server.secret(name)))).toEqual(made);
  });

  it('lets an old and a new password of Redis be good together, and hands over the new one', async () => {
    await using server = await newServer();
    await server.prepare(said);
    const file = join(server.folder, 'secrets/redis-worker-password');
    const old = await server.secret('redis-worker-password');
    await writeFile(file, `a-new-password-of-this-test\n${old}\n`);
    await server.prepare(said);
    const hashes = [...(await server.secret('redis-users')).matchAll(/#[0-9a-f]{64}/g)];
    expect(hashes).toHaveLength(9);
    expect(await server.secret('redis-url-worker')).toBe(
      'redis://jetsms-worker:a-new-password-of-this-test@redis:6379\n',
    );
  });

  it('gives Redis no password in clear, and no user but those of the roles', async () => {
    await using server = await newServer();
    await server.prepare(said);
    const users = (await server.secret('redis-users')).trim().split('\n');
    const health = users.pop();
    expect([users.shift(), health]).toEqual([
      'user default off',
      'user health on >health resetkeys resetchannels -@all +ping',
    ]);
    const names = users.map((line) => line.split(' ')[1]);
    const wanted = [
      'producer',
      'producer-status',
      'events',
      'worker',
      'gateway',
      'dashboard',
      'operator',
      'admin',
    ];
    expect(names).toEqual(wanted.map((role) => `jetsms-${role}`));
    for (const line of users) expect(line).toMatch(/^user \S+ on #[0-9a-f]{64} (?!.*(nopass| >))/);
  });
});

// No container engine is needed: the services run as processes, with the secrets that a user has.
describe('the services of docker-compose.yml', () => {
  let server: Awaited<ReturnType<typeof newServer>>;
  let simulator: Simulator;
  let composed: ComposedProcesses;
  let worker: TestProcess;

  const healthy = (service: string): Promise<true> =>
    waitFor(async () => (await composed.check(service)) === 0, {
      limitMs: 20_000,
      everyMs: 200,
      what: `a healthy ${service}`,
    });

  beforeAll(async () => {
    server = await newServer();
    simulator = await startSlowSimulator();
    await server.prepare(said);
    await writeFile(join(server.folder, 'secrets/jetsms-password'), jetsmsAccount.password);
    expect(await server.prepare(said)).toMatchObject({ code: 0 });
    composed = await composeProcesses({
      path: composePath,
      variables: { ...said, JETSMS_URL: simulator.xmlUrl, SECRETS_DIR: join(server.folder, 'secrets') },
    });
  });

  afterAll(async () => {
    await composed?.[Symbol.asyncDispose]();
    await simulator?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it('redis: is unhealthy before it runs, healthy then, and serves nobody without a password', async () => {
    expect(await composed.check('redis')).not.toBe(0);
    await composed.start('redis');
    await healthy('redis');
    const port = new URL(composed.here('redis://x@redis:6379')).port;
    const { stdout } = await runProcess(['redis-cli', '-p', port, 'dbsize']);
    expect(stdout).toContain('NOAUTH');
    const asHealth = ['--no-auth-warning', '--user', 'health', '--pass', 'health'];
    expect((await runProcess(['redis-cli', '-p', port, ...asHealth, 'dbsize'])).stdout).toContain('NOPERM');
  });

  it('worker: turns healthy with the rights of its role', async () => {
    worker = await composed.start('worker');
    await healthy('worker');
  });

  it('dashboard: turns healthy, and wants the password of its secret', async () => {
    await composed.start('dashboard');
    await healthy('dashboard');
    const url = composed.here('http://127.0.0.1:9465/');
    expect((await fetch(url)).status).toBe(401);
    const password = (await server.secret('dashboard-password')).trim();
    const authorization = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
  });

  it('operator: sees the holds; worker: finds all as it should be', async () => {
    const seen = await composed.run('operator');
    expect(seen.code, `${seen.stdout}\n${seen.stderr}`).toBe(0);
    simulator.setLatency({ minMs: 0, maxMs: 0 });
    const { code, stdout, stderr } = await composed.exec('worker', ['doctor']);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    simulator.setLatency({ minMs: 4_000, maxMs: 4_000 });
  });

  it('gateway: turns healthy, takes a message with a key that an operator makes, and ends cleanly', async () => {
    const gateway = await composed.start('gateway');
    await healthy('gateway');
    const made = await composed.exec('operator', ['keys', 'create', '--name', 'shop']);
    const response = await fetch(composed.here('http://gateway-api:9466/v1/messages'), {
      method: 'POST',
      headers: { authorization: `Bearer ${made.stdout.trim()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: '0532 123 45 67', text: 'Siparişiniz yola çıktı.' }),
    });
    expect(response.status, made.stderr).toBe(202);
    expect(await gateway.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    await waitFor(() => simulator.accepted.length === 1, { limitMs: 20_000 });
  });

  it('worker: is stopped with requests of four seconds under way, and loses and repeats nothing', async () => {
    await stopInFlight({
      simulator,
      redisUrl: composed.here((await server.secret('redis-url-producer-status')).trim()),
      stop: async () => expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null }),
      start: async () => {
        worker = await composed.start('worker');
      },
    });
    expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
