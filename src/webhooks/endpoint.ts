import { createDeliveryWorker, type DeliveryQueue, openDeliveryQueue } from '../bullmq/webhook-queue.ts';
import { resolveEventsOptions } from '../events/options.ts';
import { type Patience, pause } from '../events/patience.ts';
import { createEventReader } from '../events/reader.ts';
import { webhookGroup } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { Settings, WebhookEndpoint } from '../settings/settings.ts';
import { createDeliverer } from './deliver.ts';
import { endedEndpoints } from './ended.ts';
import { forward } from './forward.ts';
import { createSender } from './sender.ts';
import type { WebhookTelemetry } from './telemetry.ts';

export interface EndpointOptions {
  readonly settings: Settings;
  readonly endpoint: WebhookEndpoint;
  /** A worker's connection, which waits for Redis. */
  readonly redis: RedisClient;
  readonly telemetry: WebhookTelemetry;
  readonly now: () => number;
  readonly random: () => number;
}

/** An endpoint in this process. */
export interface RunningEndpoint {
  close(): Promise<void>;
}

/** How often it is looked whether the endpoint was ended by another process, or switched on again. */
const lookMs = 2_000;

/** Entries that are read in one go: each can be about thousands of messages. */
const readAhead = 20;

/** Reads the events of an endpoint, and delivers them, for as long as it has not ended. */
export function startEndpoint(options: EndpointOptions): RunningEndpoint {
  const { settings, endpoint, redis, telemetry, now, random } = options;
  const { prefix } = settings;
  const place = { redis, prefix, endpoint: endpoint.name };
  const ended = endedEndpoints(redis, prefix);
  const queue = openDeliveryQueue(place, telemetry.redis);
  const sender = createSender({
    endpoint,
    connections: settings.webhookConnections,
    timeoutMs: settings.webhookTimeoutMs,
  });
  const closing = new AbortController();
  let reading: Reading | undefined;
  let isOn = false;

  const worker = createDeliveryWorker({
    ...place,
    concurrency: settings.webhookConnections,
    lockDurationMs: settings.lockDurationMs,
    stalledIntervalMs: settings.stalledIntervalMs,
    onError: telemetry.redis,
    make: createDeliverer({
      endpoint,
      sender,
      telemetry,
      now,
      random,
      onGone: () => end(),
      onRecovered: () => void queue.hurry().catch(telemetry.redis),
    }),
  });

  /** Says whether that is a change. */
  const switchTo = (on: boolean): boolean => {
    if (isOn === on || closing.signal.aborted) return false;
    isOn = on;
    worker.setPaused(!on);
    if (on) {
      worker.start();
      reading = startReading(options, queue);
    } else reading?.close().catch(telemetry.redis);
    return true;
  };
  const end = async (): Promise<void> => {
    await ended.end(endpoint, now());
    if (switchTo(false)) telemetry.ended(endpoint.name);
  };
  let isFirstLook = true;
  const look = async (): Promise<void> => {
    const isEnded = (await ended.since(endpoint)) !== undefined;
    const isChanged = switchTo(!isEnded);
    if (isEnded && (isChanged || isFirstLook)) telemetry.ended(endpoint.name);
    if (!isEnded && isChanged && !isFirstLook) telemetry.resumed(endpoint.name);
    isFirstLook = false;
  };
  const watching = (async () => {
    while (!closing.signal.aborted) {
      await look().catch(telemetry.redis);
      await pause(lookMs, closing.signal);
    }
  })();

  return {
    async close() {
      closing.abort();
      await Promise.all([watching, reading?.close(), worker.close()]);
      await Promise.all([queue.close(), sender.close()]);
    },
  };
}

interface Reading {
  close(): Promise<void>;
}

/** Reads until it is closed, and turns what it reads into deliveries. */
function startReading(
  { settings, endpoint, redis, telemetry, now }: EndpointOptions,
  queue: DeliveryQueue,
): Reading {
  const closing = new AbortController();
  const { name, types, accounts } = endpoint;
  const reader = createEventReader(
    resolveEventsOptions({
      redis,
      prefix: settings.prefix,
      account: accounts.length > 0 ? accounts : [...settings.accounts.keys()],
      group: webhookGroup(name),
      ...(types.length > 0 ? { types } : {}),
      readAhead,
      takeOverAfterMs: takeOverMs,
      onProblem: (problem) => telemetry.problem(name, problem),
    }),
  );
  const patience: Patience = {
    signal: closing.signal,
    onTrouble: (cause) => telemetry.problem(name, { kind: 'redis', cause }),
  };
  const going = goOn(() => forward({ endpoint, reader, queue, patience, now }), { patience, telemetry });
  return {
    async close() {
      closing.abort();
      await reader.close();
      await going;
    },
  };
}

/** Another process goes on with the events of one that was killed after so long. */
const takeOverMs = 10_000;

/** Between two tries after what waiting does not mend by itself: somebody must. */
const afterFaultMs = 10_000;

/** Does it until it is over; what it throws is told, and it is begun anew a while later. */
async function goOn(
  work: () => Promise<void>,
  { patience, telemetry }: { readonly patience: Patience; readonly telemetry: WebhookTelemetry },
): Promise<void> {
  while (!patience.signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (patience.signal.aborted) return;
      telemetry.redis(error);
      await pause(afterFaultMs, patience.signal);
    }
  }
}
