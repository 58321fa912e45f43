import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseSettings } from '../../src/settings/parse.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { createWorker, type DeliveryWorker } from '../../src/worker/worker.ts';
import { accountSettings } from '../support/account-settings.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}.tmp/api-examples-${process.pid}`;
const page = readFileSync(`${root}docs/api.md`, 'utf8');

/** The examples of the page, by the headings that they stand under. */
const examples = page.split(/^### /m).flatMap((section) => {
  const [heading = ''] = section.split('\n', 1);
  return [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => ({ heading, code }));
});
const [setup] = examples;

const entries: Readonly<Record<string, string>> = {
  'jetsms-producer': 'src/producer/index.ts',
  'jetsms-producer/events': 'src/events/index.ts',
  'jetsms-producer/codes': 'src/codes/index.ts',
};

let redis: TestRedis;
let simulator: Simulator;
let worker: DeliveryWorker;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  redis = await startRedis();
  simulator = createSimulator({ accounts: [{ username: 'acme', password: 'secret', titles: ['FIRMA'] }] });
  await simulator.listen();
  const account = accountSettings({
    name: 'default',
    url: simulator.xmlUrl,
    password: 'secret',
    title: 'FIRMA',
  });
  const settings = { ...parseSettings({ env: {} }), redisUrl: redis.url };
  const accounts = new Map([[account.name, account]]);
  const telemetry = recordTelemetry();
  worker = createWorker({ settings: { ...settings, accounts }, telemetryOf: () => telemetry });
  await worker.start();
});
afterAll(async () => {
  await worker.close();
  await simulator.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An example as a module: after the one that makes the producer, with this Redis and these sources. */
function moduleOf({ code }: { readonly code: string }): string {
  const usesProducer = /\bproducer\./.test(code) && code !== setup?.code;
  const closes = usesProducer || code === setup?.code ? 'await producer.close();\n' : '';
  return `${usesProducer ? setup?.code : ''}${code}${closes}export {};\n`
    .replaceAll('redis://127.0.0.1:6379', redis.url)
    .replace(/from '(jetsms-producer[a-z/]*)'/g, (_, name: string) => `from '${root}${entries[name]}'`);
}

describe('the examples of docs/api.md', () => {
  it.each(examples.map((example, index) => ({ ...example, index })))(
    'that of $heading ($index) runs, and prints what it says',
    async ({ code, index }) => {
      const file = `${folder}/example-${index}.ts`;
      writeFileSync(file, moduleOf({ code }));
      const log = vi.spyOn(console, 'log').mockImplementation(() => {});
      try {
        await import(/* @vite-ignore */ file);
        const printed = log.mock.calls.map((values) => values.map(shown).join(' '));
        const said = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line);
        expect(printed).toEqual(said);
      } finally {
        log.mockRestore();
      }
    },
  );

  it('are as many as there are functions', () => {
    expect(examples.length).toBeGreaterThan(20);
  });
});

/** A value as Node prints it. */
const shown = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));
