import { type Bench, type Group, oursAt, scaled } from '../bench.ts';
import { orderText } from '../contenders/message.ts';
import { type Figure, inTurn, spreadOf, whole } from '../measure.ts';
import { call, openWorld } from '../rig/world.ts';

/** Bytes of Redis per message that waits, as `send()` stores it. */
async function bytesPerMessage(bench: Bench, callers: number, count: number): Promise<number> {
  await using world = await openWorld(oursAt(bench, 0));
  const app = await world.startProducer();
  // What Redis keeps once, for whole installations, is there before.
  await call(app, { first: 0, count: 1, callers: 1 });
  const before = await world.redis.usedBytes();
  await call(app, { first: 1, count, callers });
  await app.ask('close');
  return ((await world.redis.usedBytes()) - before) / count;
}

export const memoryGroup: Group = {
  name: 'memory',
  counts:
    'Messages with idempotency keys that wait, no worker running: `used_memory` of Redis before and after, without the ' +
    'buffer of its append-only file, divided by the messages. What is kept of a message after it has ended is not counted.',
  async measure(bench) {
    const count = scaled(bench, 20_000, 2_000);
    const run = (callers: number) => async (round: number) => {
      const bytes = await bytesPerMessage(bench, callers, count);
      bench.progress(`round ${round + 1}, callers: ${callers}, ${whole(bytes)} B`);
      return bytes;
    };
    const { many, one } = await inTurn(bench.rounds, { many: run(200), one: run(1) });
    const figure = (samples: readonly number[], callers: string, limit: number): Figure => {
      const value = spreadOf(samples);
      return {
        what: `Redis memory per waiting message with a key, ${callers}`,
        target: `at most ${whole(limit)} B`,
        isMet: value.median <= limit,
        unit: 'B',
        value,
        behind: `${whole(count)} messages of ${orderText(count).length} characters`,
      };
    };
    return [figure(many, '200 callers', 400), figure(one, 'one caller', 1_500)];
  },
};
