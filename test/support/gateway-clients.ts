import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createApiKeys } from '../../src/gateway/keys/api-keys.ts';
import { createApiKey } from '../../src/gateway/keys/key-operations.ts';
import { createDelivery, type DeliveryWorld } from './delivery.ts';
import { type GatewayWorld, openGateway } from './gateway-world.ts';
import { projectFolder, runProcess } from './process.ts';

const page = readFileSync(new URL('../../docs/gateway-clients.md', import.meta.url), 'utf8');

/** A program of docs/gateway-clients.md, and how the page says that it is run. */
export interface Listing {
  readonly command: readonly string[];
  /** The name that the program's file has in the command. */
  readonly file: string;
  readonly text: string;
}

/** The program under a heading of the page: the first block behind a line that is nothing but a command. */
export function listingOf(heading: string): Listing {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const [, line, text] = /^`([^`\n]+)`\n\n```\w+\n([\s\S]*?)^```$/m.exec(section) ?? [];
  if (line === undefined || text === undefined) throw new Error(`The page has no program for ${heading}.`);
  const command = line.split(' ');
  return { command, file: command.at(-1) ?? '', text };
}

/** A gateway with an API key of its own, a worker behind it, and a JetSMS that the worker delivers to. */
export interface ClientWorld extends AsyncDisposable {
  readonly delivery: DeliveryWorld;
  readonly gateway: GatewayWorld;
  /** Asks the gateway with the key that the client has. */
  readonly ask: GatewayWorld['ask'];
  /** What the listings read from their environment. */
  readonly env: Readonly<Record<string, string>>;
}

export async function openClientWorld(): Promise<ClientWorld> {
  const delivery = await createDelivery();
  const { redis, prefix, settings } = delivery;
  const { key } = await createApiKey({ redis, prefix }, { name: 'client' });
  const keys = createApiKeys({ redis, prefix });
  const gateway = await openGateway({ prefix, keys, accounts: settings.accounts });
  await delivery.startWorker();
  return {
    delivery,
    gateway,
    ask: (method, path, body, headers = {}) =>
      gateway.ask(method, path, body, { authorization: `Bearer ${key}`, ...headers }),
    env: { JETSMS_GATEWAY: gateway.url, JETSMS_KEY: key },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await delivery[Symbol.asyncDispose]();
    },
  };
}

/** An empty folder for a client, inside of the project, so that its packages are found. Removed with the test. */
export function clientFolder(): Disposable & { readonly path: string } {
  mkdirSync(`${projectFolder}.tmp`, { recursive: true });
  const path = mkdtempSync(`${projectFolder}.tmp/client-`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** Runs a listing as the page says, and expects of it what the page promises. */
export async function expectListingToWork({ command, file, text }: Listing, folder: string): Promise<void> {
  await using world = await openClientWorld();
  writeFileSync(join(folder, file), text);
  const { code, stdout, stderr } = await runProcess(command, { cwd: folder, env: world.env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^stored \S+$/),
    expect.stringMatching(/^state (waiting|sending|accepted|delivered)$/),
    'reminder cancelled',
    '422 NUMBER_NOT_MOBILE /to',
  ]);
  const id = lines[0]?.split(' ')[1] ?? '';
  const { delivery, ask } = world;
  await delivery.end(id);
  const again = await ask('POST', '/v1/messages', shipped, { 'idempotency-key': 'order-1842-shipped' });
  expect(again).toMatchObject({ status: 202, body: { id } });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await ask('GET', '/v1/messages?idempotency_key=order-1842-reminder')).toMatchObject({
    body: { state: 'cancelled' },
  });
  expect(delivery.simulator.accepted).toMatchObject([{ to: '905321234567', text: shipped.text }]);
}

/** What the listings send first. */
const shipped = { to: '0532 123 45 67', text: 'Siparişiniz yola çıktı.' };
