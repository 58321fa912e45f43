import { createEvents } from '../../../src/events/index.ts';
import { createProducer, type MessageStatusState } from '../../../src/producer/index.ts';
import type { Simulator } from '../../../src/simulator/index.ts';
import { createDelivery } from '../../support/delivery.ts';
import {
  type ContractEnd,
  contractAccounts,
  describeProducer,
  refusedNumber,
} from '../../support/producer-contract.ts';
import { sharedRedisUrl } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const never = { shares: { never: 1 } } as const;
const atOnce = { minMs: 0, maxMs: 0 };

/** What the simulator does, so that messages come to an end, and the state that they have then. */
const endsOf: Readonly<
  Record<
    ContractEnd,
    readonly [states: readonly MessageStatusState[], prepare: (simulator: Simulator) => unknown]
  >
> = {
  'one-refused': [
    ['accepted', 'dead'],
    ({ faults }) => faults.add({ kind: 'reply', code: '31', match: { to: refusedNumber } }),
  ],
  accepted: [['accepted'], ({ reports }) => reports.change(never)],
  delivered: [['delivered'], ({ reports }) => reports.change({ shares: { delivered: 1 }, delay: atOnce })],
  failed: [['failed'], ({ reports }) => reports.change({ shares: { failed: 1 }, delay: atOnce })],
  unconfirmed: [['unconfirmed'], ({ reports }) => reports.change(never)],
  terminal: [['dead'], ({ faults }) => faults.add({ kind: 'reply', code: '85' })],
  uncertain: [['dead'], ({ faults }) => faults.add({ kind: 'accept-then-reset' })],
};

describeProducer('the real producer', async ({ end = 'accepted', options = {} } = {}) => {
  const world = await createDelivery({
    account: {
      reportFirstMs: 50,
      reportIntervalMs: 100,
      reportForMs: end === 'unconfirmed' ? 300 : 60_000,
    },
    random: () => 0.5,
  });
  const { prefix, simulator } = world;
  const producer = createProducer({
    redis: sharedRedisUrl(),
    prefix,
    accounts: contractAccounts,
    ...options,
  });
  const events = createEvents({ redis: sharedRedisUrl(), prefix, account: 'acme', group: 'app', pollMs: 10 });
  await events.subscribed();
  const [states, prepare] = endsOf[end];
  prepare(simulator);
  return {
    producer,
    events,
    async end(ids) {
      await world.startWorker();
      await waitFor(async () => (await producer.statuses(ids)).every(({ state }) => states.includes(state)), {
        limitMs: 20_000,
        what: `that ${ids.length} messages are ${states.join(' or ')}`,
      });
    },
    async [Symbol.asyncDispose]() {
      await events.close();
      await producer.close();
      await world[Symbol.asyncDispose]();
    },
  };
});
