import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { producerEntries } from '../../scripts/packages/entries.ts';
import { oldestShared } from '../../scripts/packages/producer-manifest.ts';
import { installedMegabytes, installedPackages } from '../support/packed.ts';
import { type Finished, projectFolder, runProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../support/redis.ts';

const { producer: app, oldest, tools, producerTarball } = inject('packed');
const tool = (name: string): string => join(tools, 'node_modules', '.bin', name);
const own = (name: string): string => join(projectFolder, 'node_modules', '.bin', name);
const node22 = join(tools, 'node_modules', 'node', 'bin', 'node');

const run = (cwd: string, ...command: string[]): Promise<Finished> =>
  runProcess(command, { cwd, env: { REDIS: sharedRedisUrl(), PREFIX: freshPrefix() } });

describe('jetsms-producer, packed and installed', () => {
  it('takes at most 25 packages and 30 MB', async () => {
    expect((await installedPackages(app)).length).toBeLessThanOrEqual(25);
    expect(await installedMegabytes(app)).toBeLessThanOrEqual(30);
  });

  it('shares BullMQ 6 and ioredis with an app that has its own, however old', async () => {
    const installed = await installedPackages(oldest);
    expect(installed.filter((path) => /\/(bullmq|ioredis)$/.test(path))).toHaveLength(2);
    for (const [name, version] of Object.entries(oldestShared)) {
      const { stdout } = await run(oldest, 'npm', 'ls', name, '--depth=0');
      expect(stdout).toContain(`${name}@${version}`);
    }
  });

  it.each([
    ['Node 24', 'import', process.execPath, app],
    ['Node 24', 'require', process.execPath, app],
    ['Node 22', 'import', node22, app],
    ['Node 22', 'require', node22, app],
    ['Bun', 'import', tool('bun'), app],
    ['Bun', 'require', tool('bun'), app],
    ['Node 24 with the oldest BullMQ and ioredis', 'import', process.execPath, oldest],
    ['Node 22 with the oldest BullMQ and ioredis', 'require', node22, oldest],
  ] as const)('sends, asks, cancels and hears of it in %s, by %s', async (_, way, runtime, folder) => {
    const file = await write(folder, way === 'import' ? 'use.mjs' : 'use.cjs', loading[way] + useScript);
    const done = await run(folder, runtime, file);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toEqual(whatHappens);
  });

  it.each(['README.md', 'packages/jetsms-producer/README.md'])(
    'runs the example of %s as it is printed',
    async (page) => {
      await using redis = await startRedis();
      const readme = await readFile(join(projectFolder, page), 'utf8');
      const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
      const file = await write(app, 'readme.mjs', example.replace('redis://127.0.0.1:6379', redis.url));
      const done = await run(app, node22, file);
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(await redis.client().exists(`{jetsms}:jetsms-default-transactional:${done.stdout}`)).toBe(1);
    },
  );

  it('knows an error of the other copy, where an app has loaded both forms', async () => {
    const done = await run(app, process.execPath, await write(app, 'both.mjs', bothScript));
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toEqual({ copies: 2, known: [true, true, true, true] });
  });

  it('runs in Jest with ts-jest, as `nest new` sets them up', async () => {
    await write(app, 'nest/use.spec.ts', testSource);
    await write(app, 'nest/tsconfig.json', JSON.stringify({ compilerOptions: nestCompiler }));
    await write(app, 'nest/package.json', JSON.stringify({ name: 'nest', private: true, jest: nestJest }));
    // Jest waits for what still runs: that it ends says that close() leaves nothing behind.
    const done = await run(join(app, 'nest'), tool('jest'), '--ci');
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('1 passed');
  });

  it('runs in Vitest', async () => {
    await mkdir(join(app, 'vitest/node_modules'), { recursive: true });
    await symlink(join(projectFolder, 'node_modules/vitest'), join(app, 'vitest/node_modules/vitest'));
    await write(app, 'vitest/use.test.ts', `import { expect, it } from 'vitest';\n${testSource}`);
    const done = await run(join(app, 'vitest'), own('vitest'), 'run');
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('1 passed');
  });

  it.each([
    { compiler: 'typescript 5', module: 'commonjs', moduleResolution: 'node10' },
    { compiler: 'typescript 5', module: 'node16', moduleResolution: 'node16' },
    { compiler: 'typescript 5', module: 'nodenext', moduleResolution: 'nodenext' },
    { compiler: 'typescript 5', module: 'esnext', moduleResolution: 'bundler' },
    { compiler: 'typescript 7', module: 'nodenext', moduleResolution: 'nodenext' },
    { compiler: 'typescript 7', module: 'esnext', moduleResolution: 'bundler' },
  ])('gives types to $compiler with module $module, $moduleResolution', async ({ compiler, ...modules }) => {
    const tsc = compiler === 'typescript 5' ? tool('tsc') : own('tsc');
    const folder = `types-${compiler.at(-1)}-${modules.moduleResolution}`;
    // `.mts` is an ES module to all of them; `.ts` is CommonJS to those that ask package.json.
    const files = modules.module === 'commonjs' ? ['consumer.ts'] : ['consumer.ts', 'consumer2.mts'];
    for (const file of files) await write(app, `${folder}/${file}`, consumerSource);
    await write(app, `${folder}/package.json`, JSON.stringify({ private: true }));
    const compilerOptions = {
      ...modules,
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(tools, 'node_modules/@types')],
    };
    await write(app, `${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
    const done = await run(join(app, folder), tsc, '-p', 'tsconfig.json');
    expect(done).toMatchObject({ code: 0, stdout: '' });
  });

  it('is found without fault by publint', async () => {
    const done = await run(projectFolder, own('publint'), producerTarball, '--strict');
    expect(done, done.stdout).toMatchObject({ code: 0 });
  });

  it('gives the right types in every way of resolving that @arethetypeswrong knows', async () => {
    const done = await run(projectFolder, own('attw'), producerTarball, '--format', 'json');
    const { analysis, problems } = JSON.parse(done.stdout);
    expect(problems).toEqual({});
    expect(Object.keys(analysis.entrypoints)).toEqual(
      expect.arrayContaining(producerEntries.map(({ path }) => path)),
    );
    expect(done.code).toBe(0);
  });
});

async function write(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
}

const loading = {
  import: `
import { createProducer, isMessageError } from 'jetsms-producer';
import { explain } from 'jetsms-producer/codes';
import { createEvents } from 'jetsms-producer/events';
`,
  require: `
const { createProducer, isMessageError } = require('jetsms-producer');
const { explain } = require('jetsms-producer/codes');
const { createEvents } = require('jetsms-producer/events');
`,
};

/** One message from the call to its end. The second number needs the tables of the world's numbers. */
const useScript = `
async function use() {
  const { REDIS: redis, PREFIX: prefix } = process.env;
  const producer = createProducer({ redis, prefix, accounts: { default: { title: 'FIRMA' } } });
  const events = createEvents({ redis, prefix, group: 'app' });
  await events.subscribed();
  const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
  await producer.send({ to: '+49 1512 3456789', text: 'Hallo' });
  const before = await producer.status(id);
  const cancelled = await producer.cancel(id);
  const after = await producer.status(id);
  let told;
  for await (const event of events) {
    told = event.type;
    await events.ack(event);
    break;
  }
  const refused = await producer.send({ to: '12', text: 'x' }).catch((error) => error);
  await events.close();
  await producer.close();
  return {
    states: [before.state, after.state],
    cancelled,
    told,
    refused: isMessageError(refused) && refused.code,
    meaning: explain('11').code,
  };
}
use().then((done) => console.log(JSON.stringify(done)));
`;

const whatHappens = {
  states: ['waiting', 'cancelled'],
  cancelled: 'cancelled',
  told: 'message.cancelled',
  refused: 'NUMBER_INVALID',
  meaning: '11',
};

const bothScript = `
import { createRequire } from 'node:module';
import * as asModule from 'jetsms-producer';
const asCommonJs = createRequire(import.meta.url)('jetsms-producer');
const copies = [asModule, asCommonJs];
const errors = [];
for (const { createProducer } of copies) {
  const producer = createProducer({ redis: process.env.REDIS, prefix: process.env.PREFIX });
  errors.push(await producer.send({ to: '12', text: 'x', title: 'FIRMA' }).catch((error) => error));
  await producer.close();
}
console.log(JSON.stringify({
  copies: new Set(copies.map(({ MessageError }) => MessageError)).size,
  known: copies.flatMap(({ isMessageError }) => errors.map(isMessageError)),
}));
`;

const testSource = `
import { createProducer, isMessageError } from 'jetsms-producer';
import { explain } from 'jetsms-producer/codes';
import { createEvents } from 'jetsms-producer/events';

it('sends, and tells errors', async () => {
  const { REDIS: redis = '', PREFIX: prefix = '' } = process.env;
  const producer = createProducer({ redis, prefix, accounts: { default: { title: 'FIRMA' } } });
  const { id } = await producer.send({ to: '+49 1512 3456789', text: 'Hallo' });
  expect((await producer.status(id))?.state).toBe('waiting');
  const refused: unknown = await producer.send({ to: '12', text: 'x' }).catch((error: unknown) => error);
  expect(isMessageError(refused)).toBe(true);
  await producer.close();

  const alone = createProducer({ redis: 'redis://127.0.0.1:1', accounts: { default: { title: 'FIRMA' } } });
  await expect(alone.send({ to: '0532 123 45 67', text: 'Merhaba' })).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
  });
  await alone.close();
  expect(explain('11')).toMatchObject({ code: '11' });
  expect(typeof createEvents).toBe('function');
}, 60_000);
`;

/** What `nest new` wrote into its tsconfig.json before version 11, which has `nodenext`. */
const nestCompiler = {
  module: 'commonjs',
  declaration: true,
  removeComments: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  allowSyntheticDefaultImports: true,
  target: 'ES2023',
  sourceMap: true,
  outDir: './dist',
  baseUrl: './',
  incremental: true,
  skipLibCheck: true,
  strictNullChecks: true,
  forceConsistentCasingInFileNames: true,
  types: ['node', 'jest'],
};

const nestJest = {
  moduleFileExtensions: ['js', 'json', 'ts'],
  rootDir: '.',
  testRegex: '.*\\.spec\\.ts$',
  transform: { '^.+\\.(t|j)s$': 'ts-jest' },
  testEnvironment: 'node',
};

const consumerSource = `
import { createProducer, isMessageError, type ProducerOptions, type SendReceipt } from 'jetsms-producer';
import { type Explanation, explain } from 'jetsms-producer/codes';
import { createEvents, type Event } from 'jetsms-producer/events';

const options: ProducerOptions = { redis: 'redis://127.0.0.1:6379' };
export const send = async (): Promise<SendReceipt> =>
  createProducer(options).send({ to: '0532 123 45 67', text: 'Merhaba', title: 'FIRMA', lane: 'otp' });
export const explained = (reply: string): Explanation => explain(reply);
export const field = (error: unknown): string => (isMessageError(error) ? error.field : '');
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
