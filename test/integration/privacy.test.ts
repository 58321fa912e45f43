import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createTelemetry } from '../../src/worker/report.ts';
import type { Telemetry } from '../../src/worker/telemetry.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { contentsOf } from '../support/redis-contents.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

const text = 'Kodunuz 481516 kimseye vermeyin';
const password = 'correct horse';
/** What must be nowhere but in the data of the jobs: every number, any piece of a text, the password. */
const secrets = [/9?0?5320000\d{3}/, /481516/, /kimseye/, /correct horse/];

/** An app's idempotency keys are kept with the ends of its messages, to be told in events and status: what is in them is its own. */
const keysOfApps = /\\*"keys\\*":\[[^\]]*\]/g;

/** Everything in Redis under the prefix, line by line, but the data of the jobs, and the apps' own keys. */
async function linesIn(redis: Redis, prefix: string): Promise<string[]> {
  const lines = await contentsOf(redis, prefix, ({ data: _data, ...fields }) => fields);
  return lines.map((line) => line.replace(prefix, '').replace(keysOfApps, ''));
}

function expectNothingOf(lines: readonly string[]): void {
  for (const secret of secrets) {
    const found = lines.filter((line) => secret.test(line)).map((line) => line.slice(0, 60));
    expect([secret, found]).toEqual([secret, []]);
  }
}

/** Log lines at the finest level and the metrics, as the product writes them. */
function observe({ account, telemetry }: DeliveryWorld) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: 'trace', version: '1', destination });
  const metrics = createMetrics({ version: '1', accounts: [account] });
  const observed = createTelemetry({ account, log, metrics });
  const both = Object.fromEntries(
    Object.keys(observed).map((name) => [
      name,
      (...args: unknown[]) => {
        for (const one of [observed, telemetry]) Reflect.apply(one[name as keyof Telemetry], one, args);
      },
    ]),
  ) as unknown as Telemetry;
  return { lines, metrics, telemetryOf: () => both };
}

describe('numbers, texts and passwords', () => {
  it('are in no key, id, error, journal or event in Redis, in no log line and in no metric', async () => {
    await using world = await createDelivery({
      account: { password, probeIntervalMs: 200, maxProbeIntervalMs: 200, title: 'ACME' },
      settings: { stalledIntervalMs: 100 },
      expectsTheUnexpected: true,
    });
    const { simulator } = world;
    const { lines, metrics, telemetryOf } = observe(world);
    await world.startWorker({ telemetryOf });
    const send = async (n: number, change: object = {}): Promise<string> => {
      const message = { to: `+${numberAt(n)}`, text, idempotencyKey: `${numberAt(n)} ${text}`, ...change };
      return (await world.send(message)).id;
    };
    const quoting = `${numberAt(7)} ${text} ${password}`;
    const to = (n: number) => ({ times: 1, match: { to: numberAt(n) } });

    // Every way that a message can go, with a provider that quotes what it was sent.
    simulator.faults.add({ kind: 'reply', code: '12', text: `wrong title ${quoting}`, ...to(1) });
    simulator.faults.add({ kind: 'reply', code: '42', text: quoting, ...to(2) });
    simulator.faults.add({ kind: 'raw-reply', body: quoting, ...to(3) });
    simulator.faults.add({ kind: 'raw-reply', body: `<html>${quoting}</html>`, ...to(4) });
    simulator.faults.add({ kind: 'raw-reply', body: `00 ${numberAt(14)}`, ...to(14) });
    simulator.faults.add({ kind: 'reply', code: '90-xml-null', ...to(5) });
    simulator.faults.add({ kind: 'accept-then-reset', ...to(6) });
    simulator.faults.add({ kind: 'latency', latencyMs: 500, ...to(8) });
    const ids = await Promise.all([0, 1, 2, 3, 4, 5, 14].map((n) => send(n)));
    ids.push(await send(6, { lane: 'otp' }));
    await Promise.all(ids.map((id) => world.end(id)));

    const late = await send(8);
    await waitFor(() => simulator.stats().faultsInjected['latency'] === 1);
    await world.redis.del(`${world.prefix}:${world.queue.name}:${late}:lock`);
    await waitFor(() => world.telemetry.lateReplies.length > 0);
    await world.end(late);

    await world.enqueue('rubbish', { ...sendJob({ text }), lane: numberAt(9), title: text, to: [text] });
    await world.enqueue('newer', { v: 2, whatever: quoting });
    await Promise.all(['rubbish', 'newer'].map((id) => world.end(id)));

    simulator.accounts.update('acme', { credit: 0 });
    await send(10);
    await world.held({ reason: 'no-credit' });
    simulator.topUp('acme', 100);
    await world.held({ mode: 'resuming' });
    simulator.accounts.update('acme', { open: false });
    await Promise.all([send(11), send(12)]);
    await world.held({ reason: 'account-fault' });

    // Errors of Redis carry the command that failed, and with it the message.
    const broken = await createDelivery({ account: { password }, expectsTheUnexpected: true });
    await broken.redis.set(`${broken.prefix}:${broken.deadQueue.name}:wait`, 'not a list');
    await broken.startWorker({ telemetryOf });
    await broken.send({ to: `+${numberAt(13)}`, text, title: 'YOK' });
    await waitFor(() => world.telemetry.unexpectedErrors.length > 0);

    const errors = world.telemetry.unexpectedErrors.map(({ error }) => error);
    expectNothingOf(errors.map((error) => (error instanceof Error ? `${error.message} ${error.stack}` : '')));
    expectNothingOf(await linesIn(world.redis, world.prefix));
    expectNothingOf(await linesIn(world.redis, broken.prefix));
    expectNothingOf(lines);
    expectNothingOf((await metrics.render()).split('\n'));
    const { requests, ends, resends, lateReplies, locksLost, holds } = world.telemetry;
    expectNothingOf([JSON.stringify([requests, ends, resends, lateReplies, locksLost, holds])]);
    expect(lines.length).toBeGreaterThan(20);
    await broken[Symbol.asyncDispose]();
  });
});

describe('the login of a proxy', () => {
  it('is in no log line, metric or error, and not in Redis, whether the proxy takes it or not', async () => {
    await using proxy = await startConnectProxy({ login: 'way-user:way-word' });
    for (const login of ['way-user:way-word', 'way-user:way-wrong']) {
      await using world = await createDelivery({
        account: { proxyUrl: proxy.url.replace('//', `//${login}@`), probeIntervalMs: 200 },
      });
      const { lines, metrics, telemetryOf } = observe(world);
      await world.startWorker({ telemetryOf });
      const { id } = await world.send();
      if (login.endsWith('way-word')) await world.end(id);
      else await world.held({ reason: 'endpoint', code: 'proxy-login' });
      const told = [...lines, await metrics.render(), ...(await linesIn(world.redis, world.prefix))];
      expect(told.filter((line) => /way-(?:user|word|wrong)/.test(line))).toEqual([]);
      expect(lines.length).toBeGreaterThan(0);
    }
  });
});
