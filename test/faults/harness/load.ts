import { setTimeout as pause } from 'node:timers/promises';
import type { Lane, WhenUncertain } from '../../../src/message/lane.ts';
import { laneDefaults } from '../../../src/message/lane.ts';
import { createProducer, type Producer, ProducerError } from '../../../src/producer/index.ts';
import type { Chance } from './chance.ts';

/** A message that the producer has confirmed. Number and text together name it: no two have the same. */
export interface SentMessage {
  readonly to: string;
  readonly text: string;
  readonly lane: Lane;
  readonly whenUncertain: WhenUncertain;
  /** The campaign that it was sent with; the others were sent one by one. */
  readonly campaign?: string;
  /** Longer than the provider takes: it refuses the whole request, whatever else is in it. */
  readonly isTooLong: boolean;
}

export interface Load {
  readonly messages: number;
  /** The messages are spread over about so long. */
  readonly overMs: number;
  readonly chance: Chance;
  readonly redisUrl: string;
  /** Where the messages carry another title than the account's. */
  readonly title?: string;
  /** Only single messages that the provider takes. */
  readonly plain?: boolean;
}

/** Stands in every text, so that a text in a log line is found. */
export const secretWord = 'gizlikod';

const atOnce = 25;
/** Messages in one job of a campaign. */
export const requestSize = 10;
const campaignShare = 0.2;
const tooLongShare = 0.008;

/** A lane and a wish, each for numbers below its bound: mostly the lane's default, some explicitly otherwise. */
const mix: readonly (readonly [below: number, Lane, WhenUncertain | undefined])[] = [
  [0.3, 'otp', undefined],
  [0.65, 'transactional', undefined],
  [0.9, 'bulk', undefined],
  [0.95, 'otp', 'park'],
  [1, 'bulk', 'resend'],
];

/**
 * Enqueues messages as a backend app does, some one by one and some as campaigns; while Redis is away it tries
 * again under the same idempotency key or campaign.
 */
export async function enqueue(load: Load): Promise<readonly SentMessage[]> {
  const { messages, overMs, chance, redisUrl, plain = false } = load;
  // The provider's account takes 160 characters: the app believes in more, and learns otherwise by code 85.
  const accounts = { default: { title: load.title ?? 'DEMO', maxTextLength: 306 as const } };
  await using producer = createProducer({ redis: redisUrl, accounts, requestSize });
  const sent: SentMessage[] = [];
  const base = chance.between(0, 9_000_000);
  const began = performance.now();
  for (let done = 0; done < messages; done += atOnce) {
    const count = Math.min(atOnce, messages - done);
    const isCampaign = !plain && chance.happens(campaignShare);
    const common = choose(chance);
    const batch = Array.from({ length: count }, (_, index): Wished => {
      const n = base + done + index;
      const isTooLong = !plain && chance.happens(tooLongShare);
      const text = `${secretWord} ${n}${isTooLong ? ' uzun'.repeat(40) : ''}`;
      return {
        ...(isCampaign ? common : choose(chance)),
        to: `90532${String(n).padStart(7, '0')}`,
        text,
        isTooLong,
      };
    });
    if (isCampaign) sent.push(...(await sendCampaign(producer, batch, `kampanya-${base + done}`)));
    else sent.push(...(await Promise.all(batch.map((message) => sendOne(producer, message)))));
    await pause(Math.max(0, began + (overMs * (done + count)) / messages - performance.now()));
  }
  return sent;
}

interface Wish {
  readonly lane: Lane;
  readonly whenUncertain: WhenUncertain;
  /** What the app says of it; nothing where the lane's default will do. */
  readonly said: { readonly whenUncertain?: WhenUncertain };
}

type Wished = Omit<SentMessage, 'campaign'> & Wish;

function choose(chance: Chance): Wish {
  const drawn = chance.next();
  const [, lane, wish] = mix.find(([below]) => drawn < below) ?? [1, 'bulk', undefined];
  const said = wish === undefined ? {} : { whenUncertain: wish };
  return { lane, whenUncertain: wish ?? laneDefaults[lane].whenUncertain, said };
}

async function sendOne(producer: Producer, { said, ...message }: Wished): Promise<SentMessage> {
  const { to, text, lane } = message;
  await surely(() => producer.send({ to, text, lane, ...said, idempotencyKey: text }));
  return message;
}

async function sendCampaign(
  producer: Producer,
  messages: readonly Wished[],
  campaign: string,
): Promise<readonly SentMessage[]> {
  const [first] = messages;
  if (!first) return [];
  const recipients = messages.map(({ to, text }) => ({ to, text }));
  await surely(() => producer.sendMany(recipients, { campaign, lane: first.lane, ...first.said }));
  return messages.map(({ said: _said, ...message }) => ({ ...message, campaign }));
}

/** Again and again while Redis is away: both ways to send can be repeated. */
async function surely(send: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await send();
      return;
    } catch (error) {
      if (!isOfRedis(error)) throw error;
      await pause(100);
    }
  }
}

const isOfRedis = (error: unknown): boolean =>
  error instanceof ProducerError && /^REDIS_(?:UNAVAILABLE|REFUSED)$/.test(error.code);
