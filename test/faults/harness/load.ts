import { setTimeout as pause } from 'node:timers/promises';
import type { Lane, WhenUncertain } from '../../../src/message/lane.ts';
import { laneDefaults } from '../../../src/message/lane.ts';
import { createProducer, type Producer, ProducerError } from '../../../src/producer/index.ts';
import type { Chance } from './chance.ts';

/** A message that the producer has confirmed. */
export interface SentMessage {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly lane: Lane;
  readonly whenUncertain: WhenUncertain;
}

export interface Load {
  readonly messages: number;
  /** The messages are spread over about so long. */
  readonly overMs: number;
  readonly chance: Chance;
  readonly redisUrl: string;
  /** Where the messages carry another title than the account's. */
  readonly title?: string;
}

/** Stands in every text, so that a text in a log line is found. */
export const secretWord = 'gizlikod';

const atOnce = 25;

/** A lane and a wish, each for numbers below its bound: mostly the lane's default, some explicitly otherwise. */
const mix: readonly (readonly [below: number, Lane, WhenUncertain | undefined])[] = [
  [0.3, 'otp', undefined],
  [0.65, 'transactional', undefined],
  [0.9, 'bulk', undefined],
  [0.95, 'otp', 'park'],
  [1, 'bulk', 'resend'],
];

/** Enqueues messages as a backend app does; while Redis is away it tries again under the same idempotency key. */
export async function enqueue(load: Load): Promise<readonly SentMessage[]> {
  const { messages, overMs, chance, redisUrl, title } = load;
  await using producer = createProducer({ redis: redisUrl, accounts: { default: { title: 'DEMO' } } });
  const sent: SentMessage[] = [];
  const base = chance.between(0, 9_000_000);
  const began = performance.now();
  for (let done = 0; done < messages; done += atOnce) {
    const count = Math.min(atOnce, messages - done);
    const batch = Array.from({ length: count }, (_, index) => {
      const n = done + index;
      return {
        ...choose(chance),
        to: `90532${String(base + n).padStart(7, '0')}`,
        text: `${secretWord} ${base}-${n}`,
      };
    });
    sent.push(...(await Promise.all(batch.map((message) => sendSurely(producer, message, title)))));
    await pause(Math.max(0, began + (overMs * (done + count)) / messages - performance.now()));
  }
  return sent;
}

type Unsent = Omit<SentMessage, 'id'> & { readonly isExplicit: boolean };

function choose(chance: Chance): Pick<Unsent, 'lane' | 'whenUncertain' | 'isExplicit'> {
  const drawn = chance.next();
  const [, lane, wish] = mix.find(([below]) => drawn < below) ?? [1, 'bulk', undefined];
  return { lane, whenUncertain: wish ?? laneDefaults[lane].whenUncertain, isExplicit: wish !== undefined };
}

async function sendSurely(producer: Producer, message: Unsent, title?: string): Promise<SentMessage> {
  const { to, text, lane, whenUncertain, isExplicit } = message;
  for (;;) {
    try {
      const { id } = await producer.send({
        ...{ to, text, lane, idempotencyKey: text },
        ...(isExplicit ? { whenUncertain } : {}),
        ...(title === undefined ? {} : { title }),
      });
      return { id, to, text, lane, whenUncertain };
    } catch (error) {
      if (!(error instanceof ProducerError) || error.code !== 'REDIS_UNAVAILABLE') throw error;
      await pause(100);
    }
  }
}
