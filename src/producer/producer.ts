import { randomBytes } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { contentOf, deduplicationIdOf, keyedMessageId, messageIdBytes, newMessageId } from '../message/id.ts';
import type { Lane } from '../message/lane.ts';
import { type AccountRules, type CheckedMessage, checkMessage, type NewMessage } from '../message/message.ts';
import {
  type CampaignPlace,
  type CampaignProgress,
  type CampaignState,
  readCampaign,
  setCampaignState,
} from '../queue/campaign.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import { queueName } from '../queue/names.ts';
import { openProducerRedis, whenReady } from '../queue/redis.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { ProducerError, redisUnavailable } from './errors.ts';
import { checkCampaign, type ManyOptions, type ManyReceipt, type Recipients } from './many.ts';
import { type ProducerOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { sendMany } from './send-many.ts';

/** The answer of `send()`: Redis has stored the message. */
export interface SendReceipt {
  /** The message's id: in logs, in dead letters, in `jetsms dead show`. */
  readonly id: string;
  readonly account: string;
  readonly lane: Lane;
  /** SMS parts that the text needs, by the provider's arithmetic. */
  readonly parts: number;
  /** After this time (epoch milliseconds) the message is never sent. */
  readonly deadlineAt: number;
  /** The same message was stored before, under the same idempotency key; nothing was added. */
  readonly duplicate: boolean;
}

/** The library that backend apps import: it puts messages into Redis, and a worker delivers them. */
export interface Producer extends AsyncDisposable {
  /**
   * Checks a message and stores it. Resolves only when Redis has stored the job; from then on the message
   * ends as accepted by JetSMS or as a dead letter with a reason.
   *
   * @throws MessageError when the message is not fit to be sent: nothing was enqueued; `code`, `field` and the
   *   error's message say what to change
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `IDEMPOTENCY_CONFLICT`, `PRODUCER_CLOSED`: nothing was enqueued;
   *   `REDIS_UNAVAILABLE` after about a second: the message may have been stored, so send it again with the
   *   same `idempotencyKey`
   */
  send(message: NewMessage): Promise<SendReceipt>;
  /**
   * Enqueues a campaign: one text to many, or a text each; arrays or async iterables of any length, in bounded
   * memory. A recipient that cannot be sent to is reported by its index and stops nobody else. The call can be
   * repeated after a crash: with the same campaign and recipients it adds only what was missing.
   *
   * @throws MessageError when title, text, times or the campaign's name are not fit: nothing was enqueued
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `PRODUCER_CLOSED`: nothing was enqueued; `REDIS_UNAVAILABLE`: call
   *   again with the same campaign to complete it; `CAMPAIGN_CONFLICT`: the name was used for something else
   */
  sendMany(recipients: Recipients, options: ManyOptions): Promise<ManyReceipt>;
  /**
   * How far a campaign has come; undefined for one that is not known.
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `REDIS_UNAVAILABLE`
   */
  campaign(id: string, options?: { readonly account?: string }): Promise<CampaignProgress | undefined>;
  /**
   * Pauses, resumes or cancels a campaign. What has left stays sent; the messages of a cancelled one end as dead
   * letters `cancelled`. False where the campaign is not known, or cancelled already.
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `REDIS_UNAVAILABLE`
   */
  setCampaign(id: string, state: CampaignState, options?: { readonly account?: string }): Promise<boolean>;
  /** Closes the connection to Redis. Each `send()` under way is finished, or fails, first. */
  close(): Promise<void>;
}

interface Prepared {
  readonly id: string;
  readonly account: string;
  readonly checked: CheckedMessage;
  /** Set where the message has an idempotency key. */
  readonly keyed: { readonly idPrefix: string; readonly deduplicationId: string } | undefined;
}

/**
 * Opens a producer. It connects by itself and fails fast: a send while Redis is away is refused after about a
 * second, at start too.
 *
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` with all problems of the options at once
 */
export function createProducer(options: ProducerOptions): Producer {
  const resolved = resolveOptions(options);
  const redis = openProducerRedis(resolved.redis, resolved.redisTimeoutMs);
  // Connection errors reach the caller through the send that they fail; without a listener they would end the process.
  redis.on('error', () => {});
  const queues = new Map<string, Queue>();
  /** Each ends within Redis' time limit, so a close may wait for them. */
  const underWay = new Set<Promise<SendReceipt>>();
  let closed = false;

  const queueOf = async (account: string): Promise<Queue> => {
    await whenReady(redis, resolved.redisTimeoutMs);
    const known = queues.get(account);
    if (known) return known;
    const queue = openQueue(redis, account, resolved.prefix);
    queues.set(account, queue);
    return queue;
  };

  const atCampaign = async <T>(
    campaign: string,
    options: { readonly account?: string } | undefined,
    ask: (place: CampaignPlace) => Promise<T>,
  ): Promise<T> => {
    if (closed) throw new ProducerError('PRODUCER_CLOSED');
    const { account } = accountOf(options?.account, resolved);
    try {
      await whenReady(redis, resolved.redisTimeoutMs);
      return await ask({ prefix: resolved.prefix, account, campaign });
    } catch (error) {
      throw redisUnavailable(undefined, error);
    }
  };

  const send = async (message: NewMessage): Promise<SendReceipt> => {
    const nowMs = Date.now();
    const prepared = prepare(message, resolved, nowMs);
    const storedId = await store(prepared, { queueOf, resolved, nowMs });
    return receipt(prepared, storedId);
  };

  const close = async (): Promise<void> => {
    closed = true;
    await Promise.allSettled(underWay);
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    redis.disconnect();
  };

  return {
    async send(message) {
      if (closed) throw new ProducerError('PRODUCER_CLOSED');
      const sending = send(message);
      underWay.add(sending);
      return sending.finally(() => underWay.delete(sending));
    },
    async sendMany(recipients, options) {
      if (closed) throw new ProducerError('PRODUCER_CLOSED');
      const nowMs = Date.now();
      const { account, rules } = accountOf(options.account, resolved);
      const campaign = checkCampaign(options, { account, rules, nowMs });
      const { prefix, requestSize, campaignWindowMs } = resolved;
      const store = { redis, prefix, queue: () => queueOf(account), requestSize, campaignWindowMs };
      return sendMany(recipients, options, campaign, store);
    },
    campaign: (id, options) => atCampaign(id, options, (place) => readCampaign(redis, place)),
    setCampaign: (id, state, options) =>
      atCampaign(id, options, (place) => setCampaignState(redis, place, state)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openQueue(redis: Redis, account: string, prefix: string): Queue {
  const queue = new Queue(queueName(account), {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
    skipWaitingForReady: true,
  });
  queue.on('error', () => {});
  return queue;
}

function prepare(message: NewMessage, options: ResolvedOptions, nowMs: number): Prepared {
  const { account, rules } = accountOf(message?.account, options);
  const checked = checkMessage(message, { ...rules, nowMs });
  const key = message.idempotencyKey;
  if (key === undefined) {
    return { id: newMessageId(randomBytes(messageIdBytes)), account, checked, keyed: undefined };
  }
  // Key and content are hashed into the id, so that the id which Redis answers with says whether the key was
  // used before, and whether for the same content: no second round trip, and nothing to clean up.
  const content = contentOf(checked);
  const idPrefix = `${keyedMessageId({ account, idempotencyKey: key, content })}-`;
  return {
    id: idPrefix + randomBytes(6).toString('hex'),
    account,
    checked,
    keyed: { idPrefix, deduplicationId: deduplicationIdOf(account, key) },
  };
}

/** The account that a message names, or the first, and its rules completed. */
function accountOf(
  named: string | undefined,
  { accounts, defaultAccount }: ResolvedOptions,
): { readonly account: string; readonly rules: AccountRules } {
  const account = named ?? defaultAccount;
  const rules = Object.hasOwn(accounts, account) ? accounts[account] : undefined;
  if (rules) return { account, rules: { charset: 'utf-8', maxTextLength: 160, ...rules } };
  throw new ProducerError('UNKNOWN_ACCOUNT', {
    detail: `Known accounts: ${Object.keys(accounts).join(', ')}.`,
  });
}

interface StoreContext {
  readonly queueOf: (account: string) => Promise<Queue>;
  readonly resolved: ResolvedOptions;
  readonly nowMs: number;
}

/** Adds the job; the id that comes back is another's where the idempotency key was used before. */
async function store(prepared: Prepared, { queueOf, resolved, nowMs }: StoreContext): Promise<string> {
  const { id, account, checked, keyed } = prepared;
  const options = sendJobOptions({
    id,
    lane: checked.lane,
    ...(checked.sendAtMs === undefined ? {} : { delayMs: checked.sendAtMs - nowMs }),
    ...(keyed ? { deduplication: { id: keyed.deduplicationId, ttlMs: resolved.idempotencyWindowMs } } : {}),
  });
  try {
    const queue = await queueOf(account);
    const job = await queue.add(checked.lane, sendJobOf(account, checked, nowMs), options);
    return job.id ?? id;
  } catch (error) {
    throw redisUnavailable(id, error);
  }
}

function sendJobOf(account: string, checked: CheckedMessage, nowMs: number): SendJob {
  return {
    v: sendJobVersion,
    account,
    lane: checked.lane,
    title: checked.title,
    to: [checked.to],
    text: checked.text,
    whenUncertain: checked.whenUncertain,
    parts: checked.parts,
    enqueuedAt: nowMs,
    deadlineAt: checked.deadlineAtMs,
  };
}

function receipt({ id, account, checked, keyed }: Prepared, storedId: string): SendReceipt {
  const duplicate = storedId !== id;
  if (duplicate && !(keyed && storedId.startsWith(keyed.idPrefix))) {
    throw new ProducerError('IDEMPOTENCY_CONFLICT', { messageId: storedId });
  }
  return {
    id: storedId,
    account,
    lane: checked.lane,
    parts: checked.parts,
    deadlineAt: checked.deadlineAtMs,
    duplicate,
  };
}
