import { setTimeout as pause } from 'node:timers/promises';
import type { Lane, WhenNotFound } from '../../../src/message/lane.ts';
import { laneDefaults } from '../../../src/message/lane.ts';
import {
  createProducer,
  type Producer,
  ProducerError,
  type SendReceipt,
} from '../../../src/producer/index.ts';
import type { Chance } from './chance.ts';

/** A message that the producer has confirmed. Number and text together name it: no two have the same. */
export interface SentMessage {
  readonly to: string;
  readonly text: string;
  readonly lane: Lane;
  /** What becomes of it where no answer comes, after asking or at once. */
  readonly whenUncertain: WhenNotFound;
  /** JetSMS is asked first, where it can be asked. */
  readonly isAskedAbout: boolean;
  /** The campaign that it was sent with; the others were sent one by one. */
  readonly campaign?: string;
  /** Why the provider refuses the whole request, whatever else is in it. */
  readonly flaw?: Flaw;
  /** What callers were told of it; a message of a campaign is told of by nobody. */
  readonly told?: readonly Told[];
  /** A scenario has made its journal unreadable: before a worker took it, or in a worker's hand. */
  readonly spoilt?: 'before' | 'in hand';
  /** Epoch milliseconds; set where it was to leave later than it was sent. */
  readonly sendAt?: number;
  /** Somebody has tried to call it off. */
  readonly calledOff?: CalledOff;
}

/** What came of calling a message off. */
export interface CalledOff {
  readonly id: string;
  /** What each call was told, in order; a call that was killed was told nothing. */
  readonly told: readonly string[];
}

/** What `send()` has said to one caller. */
export type Told = Pick<SendReceipt, 'id' | 'duplicate'>;

/** What makes the provider refuse a message. */
export interface Flaw {
  readonly code: string;
  /** What the text has besides. */
  readonly words: string;
}

/** Longer than the account's maximum. */
export const tooLong: Flaw = { code: '85', words: ' uzun'.repeat(40) };

export interface Load {
  readonly messages: number;
  /** The messages are spread over about so long. */
  readonly overMs: number;
  readonly chance: Chance;
  readonly redisUrl: string;
  readonly replicasToConfirm?: number;
  /** Where the messages carry another title than the account's. */
  readonly title?: string;
  /** What the messages are like, where it is not as usual. */
  readonly shape?: Partial<LoadShape>;
  /** Told of each batch that the producer has confirmed. */
  readonly onConfirmed?: (messages: number) => void;
}

/** What the messages of a load are like. */
export interface LoadShape {
  /** Of all batches of messages, how many are campaigns. */
  readonly campaignShare: number;
  /** Messages of one campaign. */
  readonly campaignSize: number;
  /** Messages in one job of a campaign. */
  readonly requestSize: number;
  /** Single messages that an app sends at once. */
  readonly atOnce: number;
  /** Of all messages, how many the provider must refuse, and why. */
  readonly flawedShare: number;
  readonly flaws: readonly Flaw[];
  /** Of all batches, how many shall leave later than they come, and the longest that they wait. */
  readonly laterShare: number;
  readonly laterMs: number;
}

const usualShape: LoadShape = {
  campaignShare: 0.2,
  campaignSize: 25,
  requestSize: 10,
  atOnce: 25,
  flawedShare: 0.008,
  flaws: [tooLong],
  laterShare: 0,
  laterMs: 0,
};

/** Only single messages that the provider takes. */
export const plainShape: Partial<LoadShape> = { campaignShare: 0, flawedShare: 0 };

/** Stands in every text, so that a text in a log line is found. */
export const secretWord = 'gizlikod';

/** A lane and a wish, each for numbers below its bound: mostly the lane's default, some explicitly otherwise. */
const mix: readonly (readonly [below: number, Lane, WhenNotFound | undefined])[] = [
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
  const { messages, overMs, chance, redisUrl, title, replicasToConfirm = 0 } = load;
  const shape = shapeOf(load);
  await using producer = openProducer({
    redisUrl,
    title,
    requestSize: shape.requestSize,
    replicasToConfirm,
  });
  const sent: SentMessage[] = [];
  const base = chance.between(0, 9_000_000);
  const began = performance.now();
  while (sent.length < messages) {
    const isCampaign = chance.happens(shape.campaignShare);
    const count = Math.min(isCampaign ? shape.campaignSize : shape.atOnce, messages - sent.length);
    const batch = drawBatch(chance, { from: base + sent.length, count, isCampaign, shape });
    if (isCampaign) sent.push(...(await sendCampaign(producer, batch, `kampanya-${base + sent.length}`)));
    else sent.push(...(await Promise.all(batch.map((message) => sendOne(producer, message)))));
    load.onConfirmed?.(batch.length);
    await pause(Math.max(0, began + (overMs * sent.length) / messages - performance.now()));
  }
  return sent;
}

export const shapeOf = ({ shape }: Pick<Load, 'shape'>): LoadShape => ({ ...usualShape, ...shape });

export interface OpenProducer {
  readonly redisUrl: string;
  readonly title?: string | undefined;
  readonly requestSize?: number;
  readonly replicasToConfirm?: number;
}

export function openProducer({ redisUrl, title = 'DEMO', ...options }: OpenProducer): Producer {
  // The provider's account takes 160 characters: the app believes in more, and learns otherwise by code 85.
  const accounts = { default: { title, maxTextLength: 306 as const } };
  return createProducer({ redis: redisUrl, accounts, ...options });
}

interface BatchPlan {
  /** The number that the first message has in its text. */
  readonly from: number;
  readonly count: number;
  readonly isCampaign: boolean;
  readonly shape: LoadShape;
}

/** Messages that come together; those of a campaign are sent in one way. */
export function drawBatch(
  chance: Chance,
  { from, count, isCampaign, shape }: BatchPlan,
): readonly WishedMessage[] {
  const common = choose(chance);
  const isLater = shape.laterShare > 0 && chance.happens(shape.laterShare);
  const later = isLater ? { sendAt: Date.now() + chance.between(0, shape.laterMs) } : {};
  return Array.from({ length: count }, (_, index): WishedMessage => {
    const n = from + index;
    const isFlawed = shape.flawedShare > 0 && chance.happens(shape.flawedShare);
    const flaw = isFlawed ? { flaw: chance.pick(shape.flaws) } : {};
    const wish = isCampaign ? common : choose(chance);
    const text = `${secretWord} ${n}${flaw.flaw?.words ?? ''}`;
    return { ...wish, said: { ...wish.said, ...later }, ...later, to: numberAt(n), text, ...flaw };
  });
}

export const numberAt = (n: number): string => `90532${String(n).padStart(7, '0')}`;

interface Wish {
  readonly lane: Lane;
  readonly whenUncertain: WhenNotFound;
  readonly isAskedAbout: boolean;
  /** What the app says of it; nothing where the lane's default will do. */
  readonly said: { readonly whenUncertain?: WhenNotFound; readonly sendAt?: number };
}

/** A message, and what the app says of it. */
export type WishedMessage = Omit<SentMessage, 'campaign' | 'told'> & Wish;

function choose(chance: Chance): Wish {
  const drawn = chance.next();
  const [, lane, wish] = mix.find(([below]) => drawn < below) ?? [1, 'bulk', undefined];
  const said = wish === undefined ? {} : { whenUncertain: wish };
  return {
    lane,
    whenUncertain: wish ?? laneDefaults[lane].whenNotFound,
    isAskedAbout: wish === undefined,
    said,
  };
}

async function sendOne(producer: Producer, { said, ...message }: WishedMessage): Promise<SentMessage> {
  const { to, text, lane } = message;
  const { id, duplicate } = await surely(() =>
    producer.send({ to, text, lane, ...said, idempotencyKey: text }),
  );
  return { ...message, told: [{ id, duplicate }] };
}

async function sendCampaign(
  producer: Producer,
  messages: readonly WishedMessage[],
  campaign: string,
): Promise<readonly SentMessage[]> {
  const [first] = messages;
  if (!first) return [];
  const recipients = messages.map(({ to, text }) => ({ to, text }));
  await surely(() => producer.sendMany(recipients, { campaign, lane: first.lane, ...first.said }));
  return messages.map(({ said: _said, ...message }) => ({ ...message, campaign }));
}

/** Again and again while Redis is away: both ways to send can be repeated. */
export async function surely<T>(send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isOfRedis(error)) throw error;
      await pause(100);
    }
  }
}

const isOfRedis = (error: unknown): boolean =>
  error instanceof ProducerError && /^REDIS_(?:UNAVAILABLE|REFUSED|UNCONFIRMED)$/.test(error.code);
