import type { Delivery, DeliveryQueue } from '../bullmq/webhook-queue.ts';
import { type Event, eventsOf } from '../events/event.ts';
import { type Patience, patiently, pause } from '../events/patience.ts';
import type { EventReader, ReadEntry } from '../events/reader.ts';
import type { WebhookEndpoint } from '../settings/settings.ts';
import { deliveryOf } from './body.ts';

export interface ForwardContext {
  readonly endpoint: WebhookEndpoint;
  readonly reader: EventReader;
  readonly queue: Pick<DeliveryQueue, 'add' | 'counts'>;
  readonly patience: Patience;
  readonly now: () => number;
}

/**
 * Deliveries of an endpoint that wait at a time, about; our choice. Behind an endpoint that is away the others wait in the stream,
 * which is bounded and takes less of Redis' memory.
 */
const mostWaiting = 10_000;

/** How often it is looked whether there is room again. */
const lookAgainMs = 1_000;

/** Deliveries that are added in one go. */
const addedAtOnce = 100;

/**
 * Turns what is read into deliveries, and acknowledges it once they are stored: whoever is killed in between does it again, and
 * comes to the same deliveries. Ends with the reader, or the signal.
 */
export async function forward(context: ForwardContext): Promise<void> {
  const { reader, patience } = context;
  for await (const batch of reader.batches()) {
    const isStored = await store(batch, context);
    if (!isStored || patience.signal.aborted) return;
    const [first] = batch;
    if (first)
      await reader.ack(
        first.account,
        batch.map(({ entryId }) => entryId),
      );
  }
}

async function waitForRoom({ queue, patience }: ForwardContext): Promise<void> {
  for (;;) {
    const counts = await patiently(() => queue.counts(), patience);
    if (counts === undefined || counts.waiting < mostWaiting) return;
    await pause(lookAgainMs, patience.signal);
  }
}

/** False where it was given up: what was stored is stored again by whoever reads next. */
async function store(batch: readonly ReadEntry[], context: ForwardContext): Promise<boolean> {
  const { queue, patience } = context;
  for (const deliveries of slices(deliveriesOf(batch, context), addedAtOnce)) {
    // Before each: what is read at a time can be about more messages than may wait.
    await waitForRoom(context);
    const added = await patiently(() => queue.add(deliveries).then(() => true), patience);
    if (!added) return false;
  }
  return true;
}

/** One by one: a batch can have more events than should lie in memory as bodies. */
function* deliveriesOf(
  batch: readonly ReadEntry[],
  { endpoint, now }: ForwardContext,
): Generator<Delivery, void, undefined> {
  const place = { endpoint: endpoint.name, isList: endpoint.batch > 1, now: now() };
  for (const events of slices(allEvents(batch), endpoint.batch)) yield deliveryOf(events, place);
}

function* allEvents(batch: readonly ReadEntry[]): Generator<Event, void, undefined> {
  for (const { entry, ...place } of batch) yield* eventsOf(entry, place);
}

function* slices<T>(items: Iterable<T>, size: number): Generator<readonly T[], void, undefined> {
  let slice: T[] = [];
  for (const item of items) {
    slice.push(item);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}
