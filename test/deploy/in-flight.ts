import { expect } from 'vitest';
import { createProducer } from '../../src/producer/index.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { waitFor } from '../support/wait-for.ts';

/** The account at JetSMS of those who deploy in the tests. */
export const jetsmsAccount = {
  username: 'company',
  password: 'only-jetsms-knows',
  title: 'COMPANY',
} as const;

/** A JetSMS that takes four seconds to answer. */
export async function startSlowSimulator(): Promise<Simulator> {
  const { username, password, title } = jetsmsAccount;
  const simulator = createSimulator({
    accounts: [{ username, password, titles: [title] }],
    latency: { minMs: 4_000, maxMs: 4_000 },
  });
  await simulator.listen();
  return simulator;
}

export interface StoppedWorld {
  readonly simulator: Simulator;
  /** For an app, which sends and asks what became of its messages. */
  readonly redisUrl: string;
  /** Tells the worker to stop as its supervisor does, and resolves when it has ended. */
  readonly stop: () => Promise<void>;
  /** Starts the worker again. */
  readonly start: () => Promise<unknown>;
}

const open: ReadonlySet<string> = new Set(['scheduled', 'waiting', 'sending', 'asking']);
/** JetSMS has it, whatever it says of the phone. */
const taken: ReadonlySet<string> = new Set(['accepted', 'delivered', 'failed', 'unconfirmed']);

/**
 * Stops a worker while its requests are at JetSMS, sends more, and starts it again: every message must be known as
 * accepted, and have come to JetSMS exactly once.
 */
export async function stopInFlight({ simulator, redisUrl, stop, start }: StoppedWorld): Promise<void> {
  await using producer = createProducer({
    redis: redisUrl,
    accounts: { default: { title: jetsmsAccount.title } },
  });
  const send = (what: string) => {
    const texts = Array.from({ length: 20 }, (_, index) => `${what} ${index}`);
    return Promise.all(
      texts.map((text) => producer.send({ to: '0532 123 45 67', text, whenNotFound: 'park' })),
    );
  };
  const before = simulator.accepted.length;
  const underWay = await send('under way');
  await waitFor(() => simulator.accepted.length > before, { limitMs: 20_000, what: 'a request at JetSMS' });
  await stop();
  const later = await send('while it was away');
  simulator.setLatency({ minMs: 0, maxMs: 0 });
  await start();
  const ids = [...underWay, ...later].map(({ id }) => id);
  const ends = await waitFor(
    async () => {
      const states = (await Promise.all(ids.map((id) => producer.status(id)))).map(({ state }) => state);
      return states.every((state) => !open.has(state)) && states;
    },
    { limitMs: 60_000, everyMs: 200, what: 'an end of every message' },
  );
  expect(ends.filter((state) => !taken.has(state))).toEqual([]);
  const times = [...simulator.counts('message').values()];
  expect([simulator.accepted.length - before, times.filter((count) => count !== 1)]).toEqual([40, []]);
}
