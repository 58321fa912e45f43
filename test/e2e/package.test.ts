import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueName } from '../../src/queue/names.ts';
import { type Finished, projectFolder, runProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../support/redis.ts';

const oldestNode = '22.19.0';

// The packed package, installed into an empty folder as a backend app would, on the oldest Node it supports.
describe('the published package', () => {
  let folder = '';
  let app = '';
  let node22 = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jetsms-package-'));
    app = await emptyPackage(folder, 'app');
    const runtime = await emptyPackage(folder, 'runtime');
    node22 = join(runtime, 'node_modules', 'node', 'bin', 'node');
    const typesVersion = (await devDependencies())['@types/node'];
    const [tarball] = await Promise.all([
      pack(folder),
      npm(runtime, 'install', `node@${oldestNode}`, '--ignore-scripts=false'),
    ]);
    await npm(app, 'install', tarball, `@types/node@${typesVersion}`);
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (...command: string[]): Promise<Finished> =>
    runProcess(command, { cwd: app, env: { REDIS: sharedRedisUrl() } });

  it('is tried on the oldest Node that it supports', async () => {
    expect((await run(node22, '--version')).stdout).toBe(`v${oldestNode}`);
  });

  it('enqueues from an ES module into a real Redis', async () => {
    const prefix = freshPrefix();
    await writeFile(join(app, 'send.mjs'), sendScript);
    const done = await run(node22, 'send.mjs', prefix);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const { id, parts } = JSON.parse(done.stdout);
    expect(parts).toBe(1);
    expect(await storedJob(prefix, id)).toMatchObject({ to: ['905321234567'], title: 'FIRMA' });
  });

  it('runs the example of the README as it is printed', async () => {
    await using redis = await startRedis();
    const readme = await readFile(join(projectFolder, 'README.md'), 'utf8');
    const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    await writeFile(join(app, 'readme.mjs'), example.replace('redis://127.0.0.1:6379', redis.url));
    const done = await run(node22, 'readme.mjs');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(await redis.client().exists(`{jetsms}:jetsms-default-transactional:${done.stdout}`)).toBe(1);
  });

  it('brings one ioredis, the one that it was tested with', async () => {
    const { stdout } = await run('npm', 'ls', 'ioredis', '--parseable');
    expect(stdout.split('\n').filter((path) => path.endsWith('ioredis'))).toHaveLength(1);
  });

  it('loads neither the worker nor an HTTP client, a web server or an XML parser to enqueue', async () => {
    const { stdout } = await run(
      node22,
      '--import',
      await loadRecorder(app),
      '-e',
      'import("jetsms-delivery")',
    );
    const packages = new Set(
      [...stdout.matchAll(/node_modules\/((?:@[^/]+\/)?[^/\n]+)/g)].map(([, name]) => name),
    );
    expect(packages).toContain('bullmq');
    for (const heavy of ['undici', 'fastify', '@bull-board/api', 'pino', 'prom-client', 'fast-xml-parser']) {
      expect(packages).not.toContain(heavy);
    }
    expect(stdout).toContain('/dist/producer/');
    expect(stdout).not.toMatch(
      /jetsms-delivery\/dist\/(worker|bullmq|operator|watch|jetsms|simulator|dashboard|metrics|settings|cli)\//,
    );
  });

  it('loads no Redis and no queue for an app’s own tests', async () => {
    await writeFile(join(app, 'fake.mjs'), fakeScript);
    const recorded = await run(node22, '--import', await loadRecorder(app), 'fake.mjs');
    expect(recorded.stdout).toContain('/dist/testing/');
    expect(recorded.stdout).not.toMatch(/node_modules\/(bullmq|ioredis|undici|fastify|pino)\//);
    expect(recorded.stdout.split('\n').at(-1)).toBe('905321234567 delivered');
  });

  it.each(['codes', 'events', 'testing', 'worker', 'operator', 'simulator'])(
    'can be imported as jetsms-delivery/%s',
    async (entry) => {
      const script = `console.log(Object.keys(await import('jetsms-delivery/${entry}')).length > 0)`;
      expect(await run(node22, '--input-type=module', '-e', script)).toMatchObject({
        code: 0,
        stdout: 'true',
      });
    },
  );

  it('explains a reply through the installed command', async () => {
    const command = join(app, 'node_modules', '.bin', 'jetsms');
    const done = await run(node22, command, 'classify', '--json', '11');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ code: '11' });
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('gives types to a consumer with module %s and moduleResolution %s', async (module, moduleResolution) => {
    await writeFile(join(app, 'consumer.ts'), consumerSource);
    await writeFile(join(app, 'tsconfig.json'), consumerConfig(module, moduleResolution));
    const tsc = join(projectFolder, 'node_modules', '.bin', 'tsc');
    expect(await run(tsc, '-p', 'tsconfig.json')).toMatchObject({ code: 0, stdout: '' });
  });
});

const sendScript = `
import { createProducer } from 'jetsms-delivery';
const producer = createProducer({ redis: process.env.REDIS, prefix: process.argv[2] });
const receipt = await producer.send({ to: '0532 123 45 67', text: 'Merhaba', title: 'FIRMA' });
await producer.close();
console.log(JSON.stringify(receipt));
`;

const fakeScript = `
import { createFakeProducer } from 'jetsms-delivery/testing';
const producer = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
producer.deliver(id, 'delivered');
const [{ to, state }] = producer.sent();
console.log(to, state);
`;

const consumerSource = `
import { createProducer, type ProducerOptions, type SendReceipt } from 'jetsms-delivery';
import { classify } from 'jetsms-delivery/codes';
import { createEvents, type Event } from 'jetsms-delivery/events';
import { createFakeProducer, type FakeProducer } from 'jetsms-delivery/testing';
import 'jetsms-delivery/worker';
import 'jetsms-delivery/operator';
import 'jetsms-delivery/simulator';

const options: ProducerOptions = { redis: 'redis://127.0.0.1:6379' };
export const send = async (): Promise<SendReceipt> =>
  createProducer(options).send({ to: '0532 123 45 67', text: 'Merhaba', title: 'FIRMA', lane: 'otp' });
export const explain: Function = classify;
export const fake: FakeProducer = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
export async function* told(): AsyncIterable<Event> {
  const events = createEvents({ redis: 'redis://127.0.0.1:6379', group: 'app', types: ['message.dead'] });
  for await (const event of events) {
    yield event;
    await events.ack(event);
  }
}

// @ts-expect-error no such lane
createProducer(options).send({ to: '', text: '', title: '', lane: 'express' });
// @ts-expect-error a Redis is needed
createProducer({});
`;

function consumerConfig(module: string, moduleResolution: string): string {
  return JSON.stringify({
    compilerOptions: {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
    },
    files: ['consumer.ts'],
  });
}

async function emptyPackage(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  return folder;
}

/** Builds and packs the project; gives the tarball's path. */
async function pack(folder: string): Promise<string> {
  const { stdout } = await npm(projectFolder, 'pack', '--json', '--pack-destination', folder);
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return join(folder, filename);
}

async function npm(cwd: string, ...args: string[]): Promise<Finished> {
  const done = await runProcess(['npm', ...args, '--no-audit', '--no-fund'], { cwd, env: networkSettings() });
  if (done.code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${done.stdout}\n${done.stderr}`);
  return done;
}

/** How this machine reaches its package registry. */
function networkSettings(): Record<string, string> {
  const names =
    /^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_(registry|cache|userconfig|globalconfig))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name))) as Record<
    string,
    string
  >;
}

async function devDependencies(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8')).devDependencies;
}

/** A preload module that prints the address of every file that Node loads. */
async function loadRecorder(folder: string): Promise<string> {
  const file = join(folder, 'record-loads.mjs');
  await writeFile(
    file,
    `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });`,
  );
  return file;
}

async function storedJob(prefix: string, id: string): Promise<unknown> {
  const connection = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
  const queue = new Queue(queueName('default', 'transactional'), { connection, prefix });
  const job = await queue.getJob(id);
  await queue.close();
  connection.disconnect();
  return job?.data;
}
