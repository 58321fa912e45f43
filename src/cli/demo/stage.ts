import { randomUUID } from 'node:crypto';
import { silentLogger } from '../../log/logger.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { openWorkerRedis, whenReady } from '../../queue/redis.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { primariesOf } from '../../queue/redis-nodes.ts';
import { packageVersion } from '../../settings/package-files.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import type { Hold } from '../../worker/account/hold-record.ts';
import { createTelemetry } from '../../worker/report.ts';
import { createWorker } from '../../worker/worker.ts';
import { type DemoRedis, openDemoRedis } from '../demo-redis.ts';
import { redisCliError } from '../errors.ts';
import { firstCreditParts } from './faults.ts';

/** Login of the simulated account. */
export const demoLogin = { username: 'demo', password: 'demo', title: 'DEMO' } as const;

/** Everything that the demo plays on: a Redis, a simulator as JetSMS, and a worker between them. */
export interface Stage extends AsyncDisposable {
  readonly redisKind: DemoRedis['kind'];
  readonly settings: Settings;
  readonly simulator: Simulator;
}

export interface StageOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told when the account is held, and when the hold changes. */
  readonly onHold: (hold: Hold | undefined) => void;
}

/** Longer than any Redis needs that is there. */
const redisWaitMs = 5_000;

/**
 * Builds the stage and starts the worker. All keys lie under a prefix of their own; disposing removes them from
 * a given Redis, and everything else that was started.
 *
 * @throws CliError REDIS_UNAVAILABLE, REDIS_REFUSED where REDIS_URL names one that does not answer, or says no
 */
export async function openStage({ env, onHold }: StageOptions): Promise<Stage> {
  const ends: Ends = [];
  try {
    return await buildStage({ env, onHold }, ends);
  } catch (error) {
    await endAll(ends);
    throw error;
  }
}

/** What ends the things that were started, in their order. Node 22 has no AsyncDisposableStack. */
type Ends = (() => PromiseLike<void> | undefined)[];

/** The last that was started ends first, and all of them do, whatever one throws. */
async function endAll(ends: Ends): Promise<void> {
  const errors: unknown[] = [];
  for (const end of ends.toReversed()) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function buildStage({ env, onHold }: StageOptions, ends: Ends): Promise<Stage> {
  const redis = await openDemoRedis(env);
  ends.push(() => redis.close());
  await withRedis(redis.url, (connection) => askWhetherThere(connection));
  const simulator = createSimulator({
    accounts: [{ ...demoLogin, titles: [demoLogin.title], credit: firstCreditParts }],
    latency: { minMs: 5, maxMs: 25 },
  });
  ends.push(() => simulator[Symbol.asyncDispose]());
  await simulator.listen();
  const settings = demoSettings(redis.url, simulator.xmlUrl);
  const worker = createDemoWorker(settings, onHold);
  ends.push(() =>
    redis.kind === 'given'
      ? withRedis(redis.url, (connection) => removeKeys(connection, settings.prefix))
      : undefined,
  );
  ends.push(() => worker.close());
  await worker.start();
  return { redisKind: redis.kind, settings, simulator, [Symbol.asyncDispose]: () => endAll(ends) };
}

/** Short intervals, so that a hold and its end fit into a demo. */
function demoSettings(redisUrl: string, jetsmsUrl: string): Settings {
  return readSettings(
    {
      env: {
        JETSMS_REDIS_URL: redisUrl,
        JETSMS_PREFIX: `{jetsms-demo-${randomUUID().slice(0, 8)}}`,
        JETSMS_URL: jetsmsUrl,
        JETSMS_USERNAME: demoLogin.username,
        JETSMS_PASSWORD: demoLogin.password,
        JETSMS_TITLE: demoLogin.title,
        // More than the simulated account allows, so that code 85 is seen.
        JETSMS_MAX_TEXT_LENGTH: '306',
        // One message a request, so that a fault applies to one message.
        JETSMS_BATCH_SIZE: '1',
        JETSMS_PROBE_INTERVAL_MS: '1000',
        JETSMS_RESUME_RATE_PER_SECOND: '100',
      },
    },
    { needs: ['redis', 'credentials'] },
  );
}

function createDemoWorker(settings: Settings, onHold: StageOptions['onHold']) {
  const log = silentLogger();
  const metrics = createMetrics({ version: packageVersion(), accounts: [...settings.accounts.values()] });
  return createWorker({
    settings,
    name: 'demo',
    telemetryOf(account) {
      const telemetry = createTelemetry({ account, log, metrics });
      return {
        ...telemetry,
        hold(hold, before) {
          telemetry.hold(hold, before);
          onHold(hold);
        },
      };
    },
  });
}

async function askWhetherThere(redis: RedisClient): Promise<void> {
  try {
    await whenReady(redis, redisWaitMs);
  } catch (cause) {
    throw redisCliError(cause, 'It is the one that REDIS_URL names.');
  }
}

async function removeKeys(redis: RedisClient, prefix: string): Promise<void> {
  // In a cluster the tag of an account has more to it than the prefix.
  const match = `${prefix.replace(/\}$/, '')}*`;
  for (const node of primariesOf(redis)) {
    for await (const keys of node.scanStream({ match, count: 500 })) {
      // One by one: the keys of several accounts lie in several slots.
      if (Array.isArray(keys)) await Promise.all(keys.map((key) => redis.unlink(String(key))));
    }
  }
}

async function withRedis(url: string, use: (redis: RedisClient) => Promise<void>): Promise<void> {
  const redis = openWorkerRedis(url);
  // What goes wrong is seen by whoever waits for it.
  redis.on('error', () => {});
  try {
    await use(redis);
  } finally {
    redis.disconnect();
  }
}
