import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { gatewayJob, scrapeJob } from '../../scripts/deploy/alert-table.ts';
import { freePort } from '../../src/cli/redis-process.ts';
import { createProducer, type Lane, type Producer } from '../../src/producer/index.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { createCreditStore } from '../../src/worker/account/credit/credit-store.ts';
import { projectFolder, runCli, startCli, startProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';
import { startReceiver, webhookSecret } from '../support/webhook-receiver.ts';

/** What Alertmanager tells about one alert. */
export interface Notice {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Two workers under traffic with faults, a gateway with callers, an app that is told of events, a Prometheus that scrapes them, and an Alertmanager that tells us. */
export interface MonitoredRun extends AsyncDisposable {
  /** The addresses of the workers' pages. */
  readonly workers: readonly string[];
  /** The series that an expression gives now; a value is NaN where Prometheus says so. */
  query(expression: string): Promise<readonly Sample[]>;
  /** The alerts of Prometheus, pending and firing. */
  alerts(): Promise<readonly ActiveAlert[]>;
  /** The alert rules that Prometheus has loaded, and whether their last evaluation went well. */
  rules(): Promise<readonly { readonly name: string; readonly health: string }[]>;
  readonly notices: readonly Notice[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** Starts everything, and traffic that goes on until the end. */
export async function startMonitoredRun(): Promise<MonitoredRun> {
  const stack = new AsyncDisposableStack();
  try {
    return await start(stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function start(stack: AsyncDisposableStack): Promise<MonitoredRun> {
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-monitored-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const simulator = stack.use(await faultySimulator());
  const prefix = freshPrefix();
  await rememberCredit(prefix);
  const ports = await Promise.all([freePort(), freePort()]);
  const config = join(folder, 'jetsms.json');
  const secret = webhookSecret(1);
  const receiver = stack.use(await startReceiver(secret));
  const webhooks = [{ name: 'app', url: receiver.url, secret }];
  await writeFile(config, JSON.stringify({ ...settings(simulator, prefix), webhooks }));
  for (const port of ports) {
    const env = { JETSMS_CONFIG: config, JETSMS_HEALTH_PORT: String(port) };
    const worker = stack.use(startCli(['start'], { env }));
    await worker.waitForLine(/worker\.started/);
  }
  const producer = stack.use(
    createProducer({ redis: sharedRedisUrl(), prefix, accounts: { shop: {}, poor: {} } }),
  );
  stack.use(traffic(producer));
  const gateway = stack.use(await startGateway(config));
  stack.use(await callers(gateway.url, config));
  const told = stack.use(await listenForNotices());
  const alertmanager = stack.use(await startAlertmanager(folder, told.url));
  const watched = { ports, gateway: gateway.health, alertmanager: alertmanager.address };
  const prometheus = stack.use(await startPrometheus(folder, watched));
  return {
    workers: ports.map((port) => `http://127.0.0.1:${port}`),
    notices: told.notices,
    async query(expression) {
      const { result } = await ask<{ result: PrometheusSample[] }>(prometheus.url, 'query', expression);
      return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
    },
    alerts: async () => (await ask<{ alerts: ActiveAlert[] }>(prometheus.url, 'alerts')).alerts,
    async rules() {
      const { groups } = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>(
        prometheus.url,
        'rules',
      );
      return groups.flatMap(({ rules }) => rules);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface PrometheusSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A JetSMS with an account that has credit and one that has none; a text that begins with a fault's name gets it. */
async function faultySimulator(): Promise<Simulator> {
  const simulator = createSimulator({
    accounts: [
      { username: 'shop', password: 'secret', titles: ['SHOP'] },
      { username: 'poor', password: 'secret', titles: ['POOR'], credit: 0 },
    ],
    latency: { minMs: 5, maxMs: 60 },
  });
  await simulator.listen();
  const { faults } = simulator;
  faults.add({ kind: 'reply', code: '12', match: { textIncludes: 'wrong-title' } });
  faults.add({ kind: 'raw-reply', body: '47 beklenmeyen', match: { textIncludes: 'unlisted' } });
  faults.add({ kind: 'reply', code: '90-xml-null', match: { textIncludes: 'lost-xml' }, times: 20 });
  faults.add({ kind: 'accept-then-reset', match: { textIncludes: 'reset' } });
  faults.add({ kind: 'status', status: 503, match: { textIncludes: 'busy' }, times: 3 });
  return simulator;
}

/** As if a worker had asked half an hour ago too: the rate of an hour takes longer to know than this run lasts. */
async function rememberCredit(prefix: string): Promise<void> {
  const redis = new Redis(sharedRedisUrl());
  const waiting = { jobs: 0, messages: 0, parts: 0, isEstimate: false };
  const before = { at: Date.now() - 1_800_000, credit: 1_100_000_000, waiting };
  const store = createCreditStore(redis, { prefix, account: 'shop' });
  await store.write({ ...before, forecast: { coversWaiting: true } }, 1);
  redis.disconnect();
}

const faultWords = ['wrong-title', 'unlisted', 'lost-xml', 'reset', 'busy'];

function settings({ xmlUrl: url }: Simulator, prefix: string) {
  return {
    redisUrl: sharedRedisUrl(),
    prefix,
    accounts: {
      shop: { url, username: 'shop', password: 'secret', title: 'SHOP', batchSize: 5, reportFirstMs: 1_000 },
      poor: { url, username: 'poor', password: 'secret', title: 'POOR' },
    },
  };
}

/** A gateway on the settings of the workers. */
async function startGateway(config: string) {
  const env = { JETSMS_CONFIG: config, JETSMS_HEALTH_PORT: '0' };
  const gateway = startCli(['gateway', '--port', '0'], { env });
  const urlOf = async (event: RegExp): Promise<string> => JSON.parse(await gateway.waitForLine(event)).url;
  return {
    health: await urlOf(/"msg":"health\.listening"/),
    url: await urlOf(/"msg":"gateway\.started"/),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** Two apps without Node: one sends, and gets some of it wrong; the other has lost its key. */
async function callers(url: string, config: string): Promise<AsyncDisposable> {
  const { stdout } = await runCli(['keys', 'create', '--name', 'php'], { env: { JETSMS_CONFIG: config } });
  const post = (key: string, body: unknown) =>
    fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return repeating(200, async (n) => {
    const to = `0533${String(1_000_000 + n)}`;
    const message = { account: 'shop', title: 'SHOP', to, text: `Siparisiniz hazir ${n}` };
    await post(stdout.trim(), n % 5 === 0 ? { ...message, text: '' } : message);
    if (n % 50 === 0) await post('lost', message);
  });
}

const lanes: readonly Lane[] = ['otp', 'transactional', 'bulk'];

/** A message every 40 ms, every fifth of them with a fault. */
function traffic(producer: Producer): AsyncDisposable {
  return repeating(40, async (n) => {
    const isPoor = n % 20 === 1;
    const fault = n % 5 === 0 ? faultWords[(n / 5) % faultWords.length] : undefined;
    await producer.send({
      account: isPoor ? 'poor' : 'shop',
      to: `0532${String(1_000_000 + n)}`,
      title: isPoor ? 'POOR' : 'SHOP',
      text: `${fault ?? 'Siparisiniz hazir'} ${n}`,
      lane: lanes[n % lanes.length] ?? 'bulk',
    });
  });
}

/** Does something again and again, counting from 1, until it is disposed of. */
function repeating(everyMs: number, work: (n: number) => Promise<unknown>): AsyncDisposable {
  const stop = new AbortController();
  const working = (async () => {
    let n = 0;
    try {
      for await (const _ of every(everyMs, undefined, { signal: stop.signal })) {
        n += 1;
        await work(n);
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await working;
    },
  };
}

async function listenForNotices() {
  const notices: Notice[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    notices.push(...(JSON.parse(Buffer.concat(chunks).toString()) as { alerts: Notice[] }).alerts);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    notices,
    url: `http://127.0.0.1:${port}/alerts`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The example's Alertmanager, telling us. */
async function startAlertmanager(folder: string, webhook: string) {
  const address = `127.0.0.1:${await freePort()}`;
  const example = await readFile(`${projectFolder}deploy/alertmanager/alertmanager.yml`, 'utf8');
  const config = join(folder, 'alertmanager.yml');
  await writeFile(
    config,
    example.replace(/url: .*/, `url: ${webhook}`).replaceAll(/group_wait: .*/g, 'group_wait: 0s'),
  );
  const child = startProcess([
    'prometheus-alertmanager',
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ]);
  await answers(`http://${address}/-/ready`);
  return { address, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

interface PrometheusChoice {
  /** The health ports of the workers. */
  readonly ports: readonly number[];
  /** The address of the gateway's pages. */
  readonly gateway: string;
  readonly alertmanager: string;
}

/** A Prometheus that scrapes, and judges the alerts, every second. */
async function startPrometheus(folder: string, { ports, gateway, alertmanager }: PrometheusChoice) {
  const address = `127.0.0.1:${await freePort()}`;
  const rules = await readFile(`${projectFolder}deploy/prometheus/alerts.yml`, 'utf8');
  await writeFile(join(folder, 'alerts.yml'), rules.replace(/interval: 30s/, 'interval: 1s'));
  const config = join(folder, 'prometheus.yml');
  await writeFile(
    config,
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['alerts.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
      scrape_configs: [
        { job_name: scrapeJob, static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }] },
        { job_name: gatewayJob, static_configs: [{ targets: [new URL(gateway).host] }] },
      ],
    }),
  );
  const child = startProcess([
    'prometheus',
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=${address}`,
  ]);
  const url = `http://${address}`;
  await answers(`${url}/-/ready`);
  return { url, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

async function answers(url: string): Promise<void> {
  await waitFor(async () => (await fetch(url)).ok, { limitMs: 20_000, everyMs: 100, what: url });
}

/** Asks the HTTP API of Prometheus. */
async function ask<T>(url: string, what: 'query' | 'alerts' | 'rules', expression?: string): Promise<T> {
  const query = expression === undefined ? '' : `?${new URLSearchParams({ query: expression })}`;
  const answer = (await (await fetch(`${url}/api/v1/${what}${query}`)).json()) as Answer<T>;
  if (answer.status !== 'success') throw new Error(`${expression ?? what}: ${answer.error}`);
  return answer.data;
}

type Answer<T> =
  | { readonly status: 'success'; readonly data: T }
  | { readonly status: 'error'; readonly error: string };
