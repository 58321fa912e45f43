import { createEvents } from '../../src/events/index.ts';
import { createProducer, type Producer } from '../../src/producer/index.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { type CapturedRun, captureCli } from '../unit/cli/capture.ts';
import { startCli, type TestProcess } from './process.ts';
import { startReceiver, type WebhookReceiver, webhookSecret } from './webhook-receiver.ts';

const secret = webhookSecret(5);

/** A JetSMS, a receiver of webhooks, and all programs of ours, each with a user of Redis of its own. */
export interface RoleStage extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly receiver: WebhookReceiver;
  producer(role: string): Producer;
  /** Starts a program and gives the address that it tells in this line of its log. */
  start(
    command: string,
    role: string,
    line: string,
    more?: Readonly<Record<string, string>>,
  ): Promise<{ readonly url: string; readonly program: TestProcess }>;
  cli(role: string, ...args: readonly string[]): Promise<CapturedRun>;
  env(role: string): Readonly<Record<string, string>>;
}

/** Everything that a worker does at its time comes within the time of a test. */
const quick = {
  JETSMS_REPORT_FIRST_MS: '1000',
  JETSMS_REPORT_INTERVAL_MS: '10000',
  JETSMS_CREDIT_INTERVAL_MS: '1000',
  JETSMS_PROBE_INTERVAL_MS: '1000',
  JETSMS_MAX_PROBE_INTERVAL_MS: '1000',
  JETSMS_RESUME_RATE_PER_SECOND: '50',
  JETSMS_ASK_FIRST_MS: '100',
  JETSMS_LOCK_DURATION_MS: '5000',
  JETSMS_REQUEST_TIMEOUT_MS: '1000',
  JETSMS_STALLED_INTERVAL_MS: '1000',
};

/** @param urlOf the address of Redis for the user of a role */
export async function openRoleStage(urlOf: (role: string) => string): Promise<RoleStage> {
  const login = { username: 'demo', password: 'demo' };
  const simulator = createSimulator({ accounts: [{ ...login, titles: ['DEMO'] }] });
  await simulator.listen();
  const receiver = await startReceiver(secret);
  const opened: AsyncDisposable[] = [receiver];
  const env = (role: string) => ({
    JETSMS_REDIS_URL: urlOf(role),
    JETSMS_SURFACE: 'web-service',
    JETSMS_URL: simulator.webServiceUrl,
    JETSMS_USERNAME: login.username,
    JETSMS_PASSWORD: login.password,
    JETSMS_TITLE: 'DEMO',
    JETSMS_HEALTH_PORT: '0',
    JETSMS_GATEWAY_PORT: '0',
    JETSMS_DASHBOARD_PORT: '0',
    JETSMS_DASHBOARD_USERNAME: dashboardLogin.username,
    JETSMS_DASHBOARD_PASSWORD: dashboardLogin.password,
    JETSMS_WEBHOOK_URL: receiver.url,
    JETSMS_WEBHOOK_SECRET: secret,
    ...quick,
  });
  return {
    simulator,
    receiver,
    env,
    producer(role) {
      const accounts = { default: { title: 'DEMO', surface: 'web-service' as const } };
      const producer = createProducer({ redis: urlOf(role), accounts });
      opened.push(producer);
      return producer;
    },
    async start(command, role, line, more = {}) {
      const program = startCli([command], { env: { ...env(role), ...more } });
      opened.push(program);
      const told = await program.waitForLine(new RegExp(`"msg":"${line}"`), { limitMs: 30_000 });
      return { url: String(JSON.parse(told).url), program };
    },
    cli: (role, ...args) => captureCli(args, { env: env(role) }),
    async [Symbol.asyncDispose]() {
      for (const one of opened.toReversed()) await one[Symbol.asyncDispose]();
      await simulator.close();
    },
  };
}

export const dashboardLogin = { username: 'operator', password: 'correct horse battery' } as const;

const to = '0532 123 45 67';
const text = 'Merhaba';
const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };

/** All that a producer does which sends, and counts campaigns; each campaign is enqueued twice, as after a crash. */
export async function sendEverything(producer: Producer, campaign: string): Promise<readonly string[]> {
  const together = await Promise.all(Array.from({ length: 3 }, () => producer.send({ to, text })));
  const keyed = { to, text, idempotencyKey: `order of ${campaign}` } as const;
  const first = await producer.send(keyed);
  const again = await producer.send(keyed);
  const otp = await producer.send({ to, text, lane: 'otp' });
  const later = await producer.send({ to, text, sendAt: { in: '1h' } });
  const many = ['905321234567', '905321234568'];
  for (let n = 0; n < 2; n += 1) await producer.sendMany(many, { campaign, text });
  for (let n = 0; n < 2; n += 1)
    await producer.sendMms({ to: ['905321234567'], text: '', subject: 'x', media });
  const progress = await producer.campaign(campaign);
  const states = [
    await producer.setCampaign(campaign, 'paused'),
    await producer.setCampaign(campaign, 'running'),
  ];
  const isWell =
    again.id === first.id && again.duplicate && progress?.messages === 2 && states.every(Boolean);
  if (!isWell) throw new Error('a producer did not do what it is for');
  return [...together, first, otp, later].map(({ id }) => id);
}

/** All that a producer does with messages that are stored; what it was answered. */
export async function changeEverything(producer: Producer): Promise<readonly string[]> {
  const one = await producer.send({ to, text, sendAt: { in: '1h' }, idempotencyKey: 'to be moved' });
  const two = await producer.send({ to, text, sendAt: { in: '1h' } });
  return [
    (await producer.status(one.id)).state,
    (await producer.status({ idempotencyKey: 'to be moved' })).state,
    await producer.reschedule(one.id, { in: '2h' }),
    await producer.cancel(two.id),
    await producer.cancel(one.id),
    (await producer.status(one.id)).state,
  ];
}

/** Reads events in code, as a group of its own, until some have come. */
export async function readEvents(url: string): Promise<number> {
  const events = createEvents({ redis: url, group: 'app', from: 'beginning', pollMs: 10 });
  let seen = 0;
  for await (const event of events) {
    await events.ack(event);
    seen += 1;
    if (seen === 3) await events.close();
  }
  return seen;
}

/** What an HTTP server answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export async function askHttp(
  url: string,
  method: string,
  { body, headers }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<HttpAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}
