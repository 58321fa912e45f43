import { randomUUID } from 'node:crypto';
import { type DeadDelivery, type DeliveryQueue, openDeliveryQueue } from '../bullmq/webhook-queue.ts';
import { readStreamState } from '../events/group-states.ts';
import { placeOf, webhookGroup } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { askTime } from '../queue/redis-clock.ts';
import type { Settings, WebhookEndpoint } from '../settings/settings.ts';
import { endedEndpoints } from './ended.ts';
import { type Answer, createSender } from './sender.ts';

/** An endpoint as an operator sees it. */
export interface EndpointState {
  readonly endpoint: WebhookEndpoint;
  /** Since when it has said that it is gone, epoch milliseconds. */
  readonly endedAt: number | undefined;
  /** Deliveries that wait for a try, the first or another. */
  readonly waiting: number;
  readonly dead: number;
  /** Entries of the streams that are not deliveries yet; undefined where Redis does not know. */
  readonly unread: number | undefined;
  /** The latest of the dead ones. */
  readonly letters: readonly DeadDelivery[];
}

/** Where the webhooks of an installation lie. */
export interface WebhookPlace {
  readonly redis: RedisClient;
  readonly settings: Pick<Settings, 'prefix' | 'accounts' | 'webhooks'>;
}

/** All endpoints of the settings, with the latest `most` of the deliveries that were given up. Rejects with what Redis said. */
export function listEndpoints(
  { redis, settings }: WebhookPlace,
  most: number,
): Promise<readonly EndpointState[]> {
  const { prefix, webhooks } = settings;
  const ended = endedEndpoints(redis, prefix);
  return Promise.all(
    webhooks.map((endpoint) =>
      withQueue({ redis, settings }, endpoint, async (queue) => {
        const [endedAt, counts, unread, letters] = await Promise.all([
          ended.since(endpoint),
          queue.counts(),
          unreadOf({ redis, settings }, endpoint),
          queue.dead(most),
        ]);
        return { endpoint, endedAt, ...counts, unread, letters };
      }),
    ),
  );
}

async function unreadOf(
  { redis, settings }: WebhookPlace,
  { name, accounts }: WebhookEndpoint,
): Promise<number | undefined> {
  const group = webhookGroup(name);
  const read = accounts.length > 0 ? accounts : [...settings.accounts.keys()];
  const states = await Promise.all(
    read.map((account) => readStreamState(redis, placeOf(redis, settings.prefix, account))),
  );
  const groups = states.flatMap((state) => state?.groups.filter((one) => one.group === group) ?? []);
  return groups.reduce<number | undefined>(
    (sum, { unread, unacknowledged }) =>
      sum === undefined || unread === undefined ? undefined : sum + unread + unacknowledged,
    0,
  );
}

/** Which dead deliveries are tried again. */
export interface ReplayChoice {
  readonly endpoints: readonly WebhookEndpoint[];
  /** All of these endpoints where left out. */
  readonly ids?: readonly string[];
}

/** Tries dead deliveries again, for another 24 hours; how many of them. Rejects with what Redis said. */
export async function replayDeliveries(
  place: WebhookPlace,
  { endpoints, ids }: ReplayChoice,
): Promise<number> {
  const now = await askTime(place.redis);
  let replayed = 0;
  for (const endpoint of endpoints) {
    replayed += await withQueue(place, endpoint, (queue) =>
      ids === undefined ? replayAll(queue, now) : replayEach(queue, ids, now),
    );
  }
  return replayed;
}

/** So many at a time. */
const pageSize = 500;

async function replayAll(queue: DeliveryQueue, now: number): Promise<number> {
  let replayed = 0;
  // What dies again meanwhile is left for another time; by clocks it could not be told, since there are several.
  const tried = new Set<string>();
  for (let left = 0; ; ) {
    const page = await queue.dead(pageSize, left);
    if (page.length === 0) return replayed;
    const ids = page.map(({ id }) => id).filter((id) => !tried.has(id));
    for (const id of ids) tried.add(id);
    const found = await replayEach(queue, ids, now);
    replayed += found;
    left += page.length - found;
  }
}

async function replayEach(queue: DeliveryQueue, ids: readonly string[], now: number): Promise<number> {
  let replayed = 0;
  for (const id of ids) if (await queue.replay(id, now)) replayed += 1;
  return replayed;
}

/** Switches an endpoint on that has said that it is gone; false where it had not. Rejects with what Redis said. */
export const resumeEndpoint = (
  { redis, settings }: WebhookPlace,
  { name }: WebhookEndpoint,
): Promise<boolean> => endedEndpoints(redis, settings.prefix).resume(name);

/** Sends a signed event of type `webhook.test`, and says what came back. Needs no Redis. */
export async function testEndpoint(
  endpoint: WebhookEndpoint,
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: number },
): Promise<Answer> {
  const id = randomUUID().replaceAll('-', '');
  const data = { id: `test:${id}`, type: 'webhook.test', at: now };
  const body = JSON.stringify({ type: data.type, timestamp: new Date(now).toISOString(), data });
  const sender = createSender({ endpoint, connections: 1, timeoutMs });
  try {
    return await sender.send({ id: `msg_test_${id}`, at: now, body });
  } finally {
    await sender.close();
  }
}

async function withQueue<T>(
  { redis, settings }: WebhookPlace,
  { name }: WebhookEndpoint,
  use: (queue: DeliveryQueue) => Promise<T>,
): Promise<T> {
  const queue = openDeliveryQueue({ redis, prefix: settings.prefix, endpoint: name });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}
