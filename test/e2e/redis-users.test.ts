import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otherUsers, regExpOf } from '../../scripts/deploy/redis-users.ts';
import { type KeyKindName, keyKinds } from '../../src/operator/redis-keys.ts';
import { type Grant, type RedisRole, redisRoleNames, redisRoles } from '../../src/operator/redis-roles.ts';
import { defaultPrefix } from '../../src/queue/names.ts';
import { projectFolder } from '../support/process.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { refusalsOf, urlOfUser } from '../support/redis-users.ts';
import { type Use, watchRedis } from '../support/redis-watch.ts';
import {
  askHttp,
  changeEverything,
  dashboardLogin,
  type HttpAnswer,
  openRoleStage,
  type RoleStage,
  readEvents,
  sendEverything,
} from '../support/role-play.ts';
import { waitFor } from '../support/wait-for.ts';
import { status } from '../support/webhook-receiver.ts';

const run = promisify(execFile);
const passwordOf = (name: string): string => `password-of-${name}-in-a-test`;

/** Makes the file that an operator would make, with a password for everybody. */
async function makeUsers(folder: string): Promise<string> {
  const secrets = join(folder, 'secrets');
  await mkdir(secrets);
  const names = [...redisRoleNames, ...otherUsers.map(({ name }) => name)];
  for (const name of names) await writeFile(join(secrets, `redis-${name}-password`), `${passwordOf(name)}\n`);
  const { stdout } = await run('sh', [`${projectFolder}deploy/redis/make-users.sh`, secrets]);
  const file = join(folder, 'users.acl');
  await writeFile(file, stdout);
  return file;
}

let folder: string;
let redis: TestRedis;
let admin: Redis;
let stage: RoleStage;
let uses: readonly Use[] = [];
/** What each role was answered, by what it did. */
const answers = new Map<string, unknown>();

const urlOf = (role: string): string => urlOfUser(redis, `jetsms-${role}`, passwordOf(role));
const one = { to: '0532 123 45 67', text: 'Merhaba' };

async function playSenders(): Promise<void> {
  const { simulator } = stage;
  const app = stage.producer('producer');
  // Nothing is there yet: a producer may come first.
  answers.set('producer', await sendEverything(app, 'first'));
  const full = stage.producer('producer-status');
  answers.set('producer-status', await changeEverything(full));
  await sendEverything(full, 'second');
  const ids: string[] = [];
  await full.sendMany(['905321234567', '905321234568'], {
    campaign: 'called-off',
    text: 'Merhaba',
    sendAt: { in: '1h' },
    onStored: ({ ids: stored }) => void ids.push(...stored),
  });
  answers.set('one of a campaign', ids.length > 0 ? await full.cancel(ids[0] ?? '') : 'no ids');
  const { program } = await stage.start('start', 'worker', 'worker\\.started', {
    JETSMS_DASHBOARD_ENABLED: 'true',
  });
  const health = JSON.parse(await program.waitForLine(/"msg":"health\.listening"/)).url;
  simulator.faults.add({ kind: 'status', status: 503, times: 1 });
  await app.send(one);
  simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
  await app.send(one);
  for (let n = 0; n < 2; n += 1) await app.send({ ...one, title: 'NOBODY' });
  for (const campaign of ['bad', 'worse'])
    await app.sendMany(['905321234567', '905321234568'], { campaign, text: 'x', title: 'NOBODY' });
  simulator.faults.add({ kind: 'reply', code: '11', times: 1 });
  await sendEverything(app, 'third');
  answers.set('events', await readEvents(urlOf('events')));
  await waitFor(() => stage.receiver.received.length > 5, { limitMs: 30_000 });
  answers.set('GET /metrics', (await askHttp(`${health}/metrics`, 'GET')).status === 200 ? 0 : 'no metrics');
}

const cliSteps: readonly (readonly string[])[] = [
  ['dead', 'list'],
  ['dead', 'summary'],
  ['dead', 'export'],
  ['dead', 'discard', '--all', '--yes', '--limit', '1'],
  ['dead', 'replay', '--all', '--yes'],
  ['holds'],
  ['campaign', 'first'],
  ['campaign', 'first', 'pause'],
  ['campaign', 'first', 'resume'],
  ['scheduled'],
  ['account'],
  ['keys', 'create', '--name', 'shop'],
  ['keys', 'list'],
  ['keys', 'revoke', 'shop'],
];

async function playOperator(): Promise<void> {
  const cli = async (...args: readonly string[]) => {
    const { exitCode, out, err } = await stage.cli('operator', ...args);
    answers.set(`jetsms ${args.join(' ')}`, exitCode === 0 ? 0 : [...out, ...err].join('\n'));
    return out.join('\n');
  };
  await waitFor(async () => /^all +4 /m.test(await cli('dead', 'summary')), {
    limitMs: 30_000,
    everyMs: 200,
  });
  for (const step of cliSteps) await cli(...step);
  await playWebhooks(cli);
  await cli('hold', 'default', '--reason', 'a look');
  const app = stage.producer('producer');
  const { id } = await app.send({ ...one, sendAt: { in: '1h' } });
  await app.send(one);
  await cli('resume', 'default');
  for (const step of [
    ['dead', 'show', id],
    ['status', id],
    ['cancel', id],
  ])
    await cli(...step);
  await cli('send', '--to', '905321234567', '--text', 'Kodunuz', '--wait');
  const at = new Date(Date.now() + 3_600_000).toISOString();
  await cli('send', '--to', '905321234567', '--text', 'Kodunuz', '--at', at);
  await writeFile(join(folder, 'list.csv'), 'to\n905321234567\n905321234568\n');
  await cli('send', '--csv', join(folder, 'list.csv'), '--text', 'Merhaba');
  await writeFile(join(folder, 'picture.png'), 'a picture');
  await cli(
    'send',
    '--to',
    '905321234567',
    '--mms',
    join(folder, 'picture.png'),
    '--subject',
    'x',
    '--text',
    '',
  );
}

/** An endpoint says that it wants no more, and is persuaded. */
async function playWebhooks(cli: (...args: readonly string[]) => Promise<string>): Promise<void> {
  stage.receiver.answer(status(410));
  await stage.producer('producer').send(one);
  await waitFor(async () => (await cli('webhooks', 'list')).includes('ended'), {
    limitMs: 30_000,
    everyMs: 200,
  });
  stage.receiver.answer(status(204));
  await cli('webhooks', 'replay', '--all');
  await cli('webhooks', 'resume', 'default');
}

const requests: readonly (readonly [
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
])[] = [
  ['POST', '/v1/messages', one, { 'idempotency-key': 'a' }],
  ['POST', '/v1/messages', one, { 'idempotency-key': 'a' }],
  ['POST', '/v1/messages/batch', { messages: [one, one] }, { 'idempotency-key': 'b' }],
  // Of which nothing is stored: its key is free again.
  ['POST', '/v1/messages/batch', { messages: [{ ...one, to: 'x' }] }, { 'idempotency-key': 'c' }],
  [
    'POST',
    '/v1/campaigns?campaign=web',
    '"905321234567"\n',
    { 'content-type': 'application/x-ndjson', 'campaign-text': 'Merhaba' },
  ],
  ['GET', '/v1/messages?idempotency_key=a'],
  ['GET', '/v1/campaigns/web'],
  ['PATCH', '/v1/campaigns/web', { state: 'paused' }],
  ['GET', '/v1/codes'],
  ['POST', '/v1/parts', { text: 'x' }],
  ['GET', '/v1/accounts/default'],
];

async function playGateway(): Promise<void> {
  const made = await stage.cli('operator', 'keys', 'create', '--name', 'app', '--rate', '1000', '--json');
  const authorization = `Bearer ${JSON.parse(made.out.join('')).key}`;
  const { url } = await stage.start('gateway', 'gateway', 'gateway\\.started');
  const ask = async (method: string, path: string, body?: unknown, headers = {}): Promise<HttpAnswer> => {
    const answer = await askHttp(`${url}${path}`, method, { body, headers: { authorization, ...headers } });
    answers.set(
      `${method} ${path.replace(/\/m[0-9a-z]{20}$/, '/{id}')}`,
      answer.status < 300 ? 0 : answer.text,
    );
    return answer;
  };
  for (const request of requests) await ask(...request);
  const { id } = JSON.parse((await ask('POST', '/v1/messages', { ...one, sendAt: { in: '1h' } })).text);
  await ask('GET', `/v1/messages/${id}`);
  await ask('PATCH', `/v1/messages/${id}`, { sendAt: { in: '2h' } });
  await ask('DELETE', `/v1/messages/${id}`);
}

const board = 'default%2Fjetsms-default-';
const states = ['latest', 'active', 'waiting', 'completed', 'failed', 'delayed', 'paused', 'prioritized'];

async function playDashboard(role: 'dashboard' | 'dashboard-writable'): Promise<void> {
  const writable = role === 'dashboard' ? 'false' : 'true';
  const { url } = await stage.start('dashboard', role, 'dashboard\\.started', {
    JETSMS_DASHBOARD_WRITABLE: writable,
  });
  const login = Buffer.from(`${dashboardLogin.username}:${dashboardLogin.password}`).toString('base64');
  const look = async (method: string, path: string): Promise<void> => {
    const { status, text } = await askHttp(`${url}${path}`, method, {
      headers: { authorization: `Basic ${login}` },
    });
    const name = path.replace(/\/m[0-9a-z]{20}/, '/{id}');
    answers.set(`${role}: ${method} ${name}`, status < 300 ? 0 : text);
  };
  const { id: delayed } = await stage.producer('producer').send({ ...one, sendAt: { in: '1h' } });
  for (const path of ['healthz', 'api/queues', 'api/redis/stats']) await look('GET', path);
  for (const queue of ['otp', 'transactional', 'bulk', 'dead'])
    for (const state of states)
      await look('GET', `api/queues?activeQueue=${board}${queue}&status=${state}&page=1&jobsPerPage=10`);
  await look('GET', `api/queues/${board}transactional/${delayed}`);
  await look('GET', `api/queues/${board}transactional/${delayed}/logs`);
  if (role === 'dashboard') return;
  await look('PUT', `api/queues/${board}transactional/pause`);
  // It waits in a queue that stands still.
  const { id: waiting } = await stage.producer('producer').send(one);
  await look('GET', `api/queues/${board}transactional/${waiting}`);
  await look('PUT', `api/queues/${board}transactional/${delayed}/promote`);
  await look('PUT', `api/queues/${board}transactional/resume`);
  await look('PUT', 'api/queues/pause');
  await look('PUT', 'api/queues/resume');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsms-users-'));
  redis = await startRedis({ aof: 'everysec', args: ['--aclfile', await makeUsers(folder)] });
  admin = redis.client({ username: 'jetsms-admin', password: passwordOf('admin') });
  const watch = await watchRedis(admin);
  stage = await openRoleStage(urlOf);
  await playSenders();
  watch.shortOnes('jetsms-operator');
  await playOperator();
  await playGateway();
  await playDashboard('dashboard');
  await playDashboard('dashboard-writable');
  uses = watch.stop();
}, 120_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('with the users of deploy/redis/users.acl', () => {
  it('everything is done that each is for', () => {
    expect(answers.get('producer')).toHaveLength(6);
    expect(answers.get('producer-status')).toEqual([
      'scheduled',
      'scheduled',
      'rescheduled',
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect(answers.get('one of a campaign')).toBe('cancelled');
    expect(answers.get('events')).toBe(3);
    const rest = [...answers].filter(([what]) => /^(?:jetsms|GET|POST|PATCH|DELETE|dashboard)/.test(what));
    expect(rest.length).toBeGreaterThan(90);
    expect(rest.filter(([, answer]) => answer !== 0)).toEqual([]);
  });

  it.each(redisRoleNames)('jetsms-%s is refused nothing that it tries', async (role) => {
    const refusals = await refusalsOf(admin, `jetsms-${role}`);
    expect(refusals.filter((refusal) => !expected[role]?.test(refusal))).toEqual([]);
  });

  it.each(redisRoleNames)('jetsms-%s may do nothing that it does not do', (role) => {
    expect(unusedOf(role)).toEqual([]);
  });
});

describe('jetsms doctor', () => {
  it.each(redisRoleNames)('finds that jetsms-%s may do all that it is for', async (role) => {
    const { exitCode, out } = await stage.cli(role, 'doctor', '--role', role, '--json');
    const { findings } = JSON.parse(out.join(''));
    expect(findings.filter(({ level }: { readonly level: string }) => level !== 'ok')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('says which rights are missing where the user is that of another role', async () => {
    const { exitCode, out } = await stage.cli('dashboard', 'doctor', '--role', 'gateway', '--json');
    expect(exitCode).toBe(1);
    const { findings } = JSON.parse(out.join(''));
    const { says } = findings.find(({ check }: { readonly check: string }) => check === 'rights');
    expect(says).toMatch(
      /^The user of JETSMS_REDIS_URL may not run .*hset.*, nor use .*\{jetsms\}:gateway:keys/,
    );
  });
});

/** What a role is refused, and lives with. */
const expected: Partial<Readonly<Record<RedisRole, RegExp>>> = {
  // A message that was stored before is not taken back by who may not read: the worker drops it.
  producer: /^key \{jetsms\}:jetsms-default-[a-z]+:m\w+$/,
  // The check at the start, which takes INFO's word then.
  worker: /^command config\|get$/,
  // Bull Board would show which workers are connected.
  dashboard: /^command client\|list$/,
  'dashboard-writable': /^command client\|list$/,
};

/** Rights that a run such as this does not come to need, and when they are needed. */
const rare: Readonly<Record<string, string>> = {
  'llen of hmset jobs': 'somebody has given a queue a global concurrency; we never do',
  'exists of get claims': 'a message is called off whose job is being divided',
  'pexpire of hget ends': 'an end is called off beside ends that others keep for longer',
  'exists of xreadgroup events': 'a stream that was lost is read on',
  'pexpire of set eventReaders': 'reading takes long',
  'set of set confirmations': 'replicas are to confirm',
  'confirmations of set confirmations': 'replicas are to confirm',
  'lpos of hincrby probe': 'the dashboard of a worker shows a job that waits',
  'get of hget jobs': 'the dashboard shows a queue that is held to a pace',
  'claims of hincrby probe': 'a job is divided',
  'replays of hincrby probe': 'old dead letters are swept',
  ...Object.fromEntries(
    ['pttl', 'pexpire', 'hexists', 'sadd', 'zrem', 'zscore'].map((command) => [
      `${command} of hincrby webhookQueues`,
      'a delivery is tried again, or its worker has died',
    ]),
  ),
};

const patterns = Object.entries(keyKinds).map(
  ([kind, { patterns }]) => [kind as KeyKindName, patterns(defaultPrefix, '*').map(regExpOf)] as const,
);

const kindsOf = (word: string): readonly KeyKindName[] =>
  patterns.filter(([, all]) => all.some((one) => one.test(word))).map(([kind]) => kind);

/** What all roles that have a grant have used, each `command kind`. */
function usedBy(grant: Grant): ReadonlySet<string> {
  const roles = redisRoleNames.filter((role) => redisRoles[role].grants.some((one: Grant) => one === grant));
  const users = new Set(roles.map((role) => `jetsms-${role}`));
  return new Set(
    uses
      .filter(({ user }) => users.has(user))
      .flatMap(({ args: [command = '', ...words] }) =>
        words
          .filter((word) => word.startsWith(defaultPrefix))
          .flatMap((word) => kindsOf(word).map((kind) => `${command.toLowerCase()} ${kind}`)),
      ),
  );
}

/** Rights of a role that nobody has used who has them: commands of a grant, and kinds of keys. */
function unusedOf(role: RedisRole): readonly string[] {
  const grants: readonly Grant[] = redisRoles[role].grants;
  return grants
    .flatMap((grant) => {
      const { commands, on } = grant;
      const used = usedBy(grant);
      const isScript = commands[0] === 'eval';
      const unused = [
        ...(isScript ? [] : commands.filter((command) => !on.some((kind) => used.has(`${command} ${kind}`)))),
        ...on.filter((kind) => !commands.some((command) => used.has(`${command} ${kind}`))),
      ];
      return unused.map((what) => `${what} of ${commands[0]} ${on[0]}`);
    })
    .filter((right) => rare[right] === undefined);
}
