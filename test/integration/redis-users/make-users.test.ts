import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRedisBinary, freePort } from '../../../src/cli/redis-process.ts';
import { projectFolder } from '../../support/process.ts';
import { startRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const word = 'a password of a test';
const hashOf = (text: string): string => `#${createHash('sha256').update(text).digest('hex')}`;

let folder: string;
let secrets: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsms-make-users-'));
  secrets = join(folder, 'secrets');
  await mkdir(secrets);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (role: string, text: string): Promise<void> =>
  writeFile(join(secrets, `redis-${role}-password`), text);

interface Made {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(command: string, args: readonly string[], env = {}): Promise<Made> {
  const child = spawn(command, args, { env: { PATH: process.env['PATH'], ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

const make = (args: readonly string[] = [], env = {}): Promise<Made> =>
  run('sh', [`${projectFolder}deploy/redis/make-users.sh`, secrets, ...args], env);

/** What a Redis says that is started with a file of users, and ends by itself. */
async function startWith(file: string): Promise<string> {
  const binary = (await findRedisBinary(process.env['PATH'])) ?? '';
  const { code, out, err } = await run(binary, [
    '--port',
    String(await freePort()),
    '--save',
    '',
    '--dir',
    folder,
    '--aclfile',
    file,
  ]);
  expect(code).not.toBe(0);
  return out + err;
}

describe('deploy/redis/make-users.sh', () => {
  it.each(['users.acl', 'users-6.2.acl'])(
    'is needed: Redis does not start with %s as it is',
    async (file) => {
      expect(await startWith(`${projectFolder}deploy/redis/${file}`)).toMatch(
        /Aborting Redis startup because of ACL errors: .*users.*acl:2: .*hash must be exactly 64/,
      );
    },
  );

  it('puts hashes where passwords belong, and leaves out and names who has none', async () => {
    await write('worker', `${word}\n`);
    await write('gateway', `${word} 1\r\n\n${word} 2`);
    const { code, out, err } = await make();
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('user default off');
    expect(lines[1]).toContain(`user jetsms-worker on ${hashOf(word)} resetkeys resetchannels -@all `);
    expect(lines[2]).toContain(
      `user jetsms-gateway on ${hashOf(`${word} 1`)} ${hashOf(`${word} 2`)} resetkeys `,
    );
    expect(err).toMatch(/^make-users: there is no .*redis-producer-password: jetsms-producer is left out$/m);
    expect(out + err).not.toContain(word);
  });

  it('takes another prefix, word for word', async () => {
    await write('worker', word);
    const { out } = await make([], { JETSMS_PREFIX: '{shop&1}' });
    const shipped = await readFile(`${projectFolder}deploy/redis/users.acl`, 'utf8');
    const own = shipped.split('\n').find((line) => line.startsWith('user jetsms-worker')) ?? '';
    expect(out.split('\n')[1]?.replace(hashOf(word), '#SHA256-OF-THE-PASSWORD')).toBe(
      own.replaceAll('{jetsms}:', '{shop&1}:'),
    );
  });

  it.each([
    ['{jetsms}', undefined],
    ['{shop}', '{shop}'],
    ['{shop}', 'shop'],
  ])('lets accounts of a cluster have tags of their own: %s of %s', async (prefix, given) => {
    await write('worker', word);
    await write('admin', word);
    const tag = prefix.slice(1, -1);
    const env = { JETSMS_REDIS_CLUSTER: 'true', ...(given === undefined ? {} : { JETSMS_PREFIX: given }) };
    const file = join(folder, 'users.acl');
    await writeFile(file, (await make([], env)).out);
    await using server = await startRedis({ args: ['--aclfile', file] });
    const admin = server.client({ username: 'jetsms-admin', password: word });
    const may = async (...command: readonly string[]): Promise<boolean> =>
      (await admin.call('ACL', 'DRYRUN', 'jetsms-worker', ...command)) === 'OK';
    expect(await may('hget', `{${tag}.bank}:jetsms-bank-otp:m1`, 'data')).toBe(true);
    expect(await may('set', `{${tag}.bank}:probe:w1`, '1')).toBe(true);
    expect(await may('set', `{${tag}}:secret`, '1')).toBe(true);
    expect(await may('hget', `{${tag}.bank}:gateway:keys`, 'f')).toBe(false);
    expect(await may('hget', '{other.bank}:jetsms-bank-otp:m1', 'data')).toBe(false);
  });

  it.each([
    [
      'a password of a few characters',
      'short',
      /redis-worker-password has a password of less than 16 characters/,
    ],
    ['a file without a password', '\n\n', /redis-worker-password is empty/],
    ['a folder without passwords', undefined, /has no file redis-ROLE-password/],
  ])('refuses %s, and prints nothing', async (_title, text, says) => {
    if (text !== undefined) await write('worker', text);
    await write('other', word);
    const { code, out, err } = await make();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(says);
    expect(err).not.toContain('short');
  });

  it('makes a file by which replicas and Sentinels log in, and nobody does without a name', async () => {
    for (const role of ['admin', 'replica', 'sentinel', 'monitoring']) await write(role, `${word} ${role}`);
    const file = join(folder, 'users.acl');
    await writeFile(file, (await make()).out);
    await using primary = await startRedis({ args: ['--aclfile', file] });
    await expect(primary.client().call('GET', 'x')).rejects.toThrow(/NOAUTH/);
    const admin = primary.client({ username: 'jetsms-admin', password: `${word} admin` });
    await using replica = await startRedis({
      args: [
        '--replicaof',
        '127.0.0.1',
        String(primary.port),
        '--masteruser',
        'jetsms-replica',
        '--masterauth',
        `${word} replica`,
      ],
    });
    await waitFor(
      async () => (await replica.client().info('replication')).includes('master_link_status:up'),
      { limitMs: 20_000 },
    );
    const port = await freePort();
    const config = join(folder, 'sentinel.conf');
    await writeFile(
      config,
      [
        `port ${port}`,
        `sentinel monitor jetsms 127.0.0.1 ${primary.port} 1`,
        'sentinel auth-user jetsms jetsms-sentinel',
        `sentinel auth-pass jetsms "${word} sentinel"`,
        'sentinel down-after-milliseconds jetsms 1000',
      ].join('\n'),
    );
    const binary = (await findRedisBinary(process.env['PATH'])) ?? '';
    const sentinel = spawn(binary, [config, '--sentinel'], { cwd: folder, stdio: 'ignore' });
    const asked = new Redis(port, { maxRetriesPerRequest: null });
    asked.on('error', () => {});
    try {
      // It learns of the replica from INFO of the primary.
      await waitFor(
        async () => String(await asked.call('SENTINEL', 'REPLICAS', 'jetsms')).includes(String(replica.port)),
        {
          limitMs: 25_000,
        },
      );
      expect(String(await asked.call('SENTINEL', 'CKQUORUM', 'jetsms'))).toMatch(/^OK/);
    } finally {
      asked.disconnect();
      sentinel.kill('SIGKILL');
    }
    const log = JSON.stringify(await admin.acl('LOG'));
    expect(log).not.toMatch(/jetsms-(?:replica|sentinel)/);
  });
});
