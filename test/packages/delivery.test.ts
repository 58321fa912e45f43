import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, inject, it } from 'vitest';
import { queueName } from '../../src/queue/names.ts';
import { installedMegabytes, installedPackages, oldestNode } from '../support/packed.ts';
import { type Finished, projectFolder, runProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

// Packed, installed into an empty folder as whoever runs a worker would, on the oldest Node that it supports.
describe('jetsms-delivery, packed and installed', () => {
  const { delivery: app, tools, deliveryTarball } = inject('packed');
  const node22 = join(tools, 'node_modules', 'node', 'bin', 'node');
  const command = (name: string): string => join(app, 'node_modules', '.bin', name);

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

  it('brings one BullMQ and one ioredis, those that it was tested with', async () => {
    const installed = await installedPackages(app);
    expect(installed.filter((path) => /\/(bullmq|ioredis)$/.test(path))).toHaveLength(2);
  });

  it('takes at most 70 MB, and brings no compiler', async () => {
    expect(await installedMegabytes(app)).toBeLessThanOrEqual(70);
    const installed = await installedPackages(app);
    expect(installed.filter((path) => /\/(typescript|esbuild|rolldown|tsdown)$/.test(path))).toEqual([]);
  });

  it('plays the demo, in which every message is accounted for', async () => {
    const done = await run(node22, command('jetsms-delivery'), 'demo', '--once', '--json');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ redis: 'local' });
  });

  it('says what to install where the demo finds no Redis', async () => {
    const done = await runProcess([node22, command('jetsms-delivery'), 'demo'], {
      cwd: app,
      env: { PATH: app },
    });
    expect(done).toMatchObject({ code: 3, stdout: '' });
    expect(done.stderr).toContain('DEMO_REDIS_MISSING');
    expect(done.stderr).toContain('npx -p jetsms-delivery -p js-redis-server');
    expect(done.stderr).not.toMatch(/^ {4}at /m);
  });

  it('says what to install on a Node that is too old to load it', async () => {
    const old = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); delete Map.groupBy`;
    const done = await run(node22, '--import', encodeURI(old), command('jetsms'), 'classify', '11');
    expect(done).toMatchObject({ code: 3, stdout: '' });
    expect(done.stderr).toMatch(/^error NODE_TOO_OLD: Node 22\.19 or newer is needed\. .*$/);
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
    const ours = [...stdout.matchAll(/^file:\/\/(.*\/jetsms-delivery\/dist\/.*)$/gm)].map(
      ([, file = '']) => file,
    );
    const text = (await Promise.all(ours.map((file) => readFile(file, 'utf8')))).join('\n');
    expect(text).toMatch(fromRoom('producer'));
    for (const room of ['worker', 'bullmq', 'operator', 'watch', 'jetsms', 'simulator', 'metrics', 'cli'])
      expect(text).not.toMatch(fromRoom(room));
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
    const done = await run(node22, command('jetsms'), 'classify', '--json', '11');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ code: '11' });
  });

  it('gives the right types to ES modules and bundlers, in every way of resolving that @arethetypeswrong knows', async () => {
    const attw = join(projectFolder, 'node_modules', '.bin', 'attw');
    const done = await run(attw, deliveryTarball, '--profile', 'esm-only');
    expect(done, done.stdout).toMatchObject({ code: 0 });
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

/** What the builder writes above the code of each source. */
const fromRoom = (room: string): RegExp => new RegExp(`^//(#region)? ?src/${room}/`, 'm');

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
