import type { HoldReason } from '../../../src/queue/hold-reasons.ts';
import type { Hold, HoldRecord } from '../../../src/worker/account/hold-record.ts';
import { stands } from '../../../src/worker/account/hold-steps.ts';
import { createHoldStore } from '../../../src/worker/account/hold-store.ts';
import { waitFor } from '../../support/wait-for.ts';
import { placeIn } from './place.ts';
import type { LoadState } from './scenario.ts';
import type { World } from './world.ts';

/** What is known of the account's holds, as it lies in Redis. */
async function readRecord({ redis }: World): Promise<HoldRecord> {
  const store = createHoldStore(redis.client(), placeIn(redis));
  return (await store.read()).record;
}

/** The hold under which the account stands still. */
async function standingHold(world: World): Promise<Hold | undefined> {
  const { hold } = await readRecord(world);
  return stands(hold) ? hold : undefined;
}

const everyMs = 50;

/** Waits for the end of whatever holds the account: nobody but the end of its reason lifts it. */
export async function untilNotHeld(world: World): Promise<void> {
  const what = 'the end of the hold';
  await waitFor(async () => (await standingHold(world)) === undefined, { limitMs: 60_000, everyMs, what });
}

/** Waits until a worker knows that a message was accepted since the last incident; then the next one is another. */
export async function untilOver(world: World, load: LoadState): Promise<void> {
  const isOver = async () => (await readRecord(world)).witnessed === undefined || !load.isArriving();
  await waitFor(isOver, { limitMs: 30_000, everyMs, what: 'the end of the incident' });
}

/** Waits until a probe of the standing hold was answered, in vain: the next one has begun. */
export async function untilProbed(world: World, load: LoadState): Promise<void> {
  const isProbed = async () => ((await standingHold(world))?.probes ?? 0) >= 2;
  const what = 'the second probe of a hold';
  await waitFor(async () => (await isProbed()) || !load.isArriving(), { limitMs: 30_000, everyMs, what });
}

/** Waits for a hold; false where no message comes any more that could meet its reason. */
export async function untilHeld(world: World, load: LoadState, reason: HoldReason): Promise<boolean> {
  const isHeld = async () => (await standingHold(world))?.reason === reason;
  const what = `a hold ${reason}`;
  await waitFor(async () => (await isHeld()) || !load.isArriving(), { limitMs: 30_000, everyMs, what });
  return isHeld();
}
