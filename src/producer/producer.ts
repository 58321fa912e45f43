import { messagesThatFit } from '../message/job-size.ts';
import type { Lane } from '../message/lane.ts';
import type { NewMessage } from '../message/message.ts';
import { checkMms, type MmsRules, type NewMms } from '../message/mms.ts';
import { loadNumberTables } from '../message/number.ts';
import { jobAdder } from '../queue/add-jobs.ts';
import {
  type CampaignProgress,
  type CampaignState,
  readCampaign,
  setCampaignState,
} from '../queue/campaign.ts';
import { type CampaignPlace, keys, queueName } from '../queue/names.ts';
import { openQueue, type Queue } from '../queue/open-queue.ts';
import { openProducerRedis } from '../queue/redis.ts';
import { createRedisClock } from '../queue/redis-clock.ts';
import { isSecretInvalid, secretReader } from '../queue/secret.ts';
import { accountOf } from './account-of.ts';
import { createBatches } from './batches.ts';
import { checkRecipients, type Recipients } from './chunks.ts';
import { ProducerError } from './errors.ts';
import { type CampaignRules, checkCampaign, type ManyOptions, type ManyReceipt } from './many.ts';
import { type ProducerOptions, resolveOptions } from './options.ts';
import { createRedisCalls } from './redis-calls.ts';
import { sendMany } from './send-many.ts';
import { type MmsReceipt, sendMms } from './send-mms.ts';
import { type SendReceipt, sendOne } from './send-one.ts';
import { type JobStore, storeJob } from './store-jobs.ts';

/** The library that backend apps import: it puts messages into Redis, and a worker delivers them. */
export interface Producer extends AsyncDisposable {
  /**
   * Checks a message and stores it. Resolves only when Redis has stored the job; from then on the message
   * ends as accepted by JetSMS or as a dead letter with a reason. Under an `idempotencyKey` the call can be repeated:
   * the receipt says what is stored, and a call that asks for something else is refused.
   *
   * @throws MessageError when the message is not fit to be sent: nothing was enqueued; `code`, `field` and the
   *   error's message say what to change
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `IDEMPOTENCY_CONFLICT`, `SECRET_INVALID`, `PRODUCER_CLOSED`, `REDIS_REFUSED`
   *   (with its `reason`): nothing was enqueued; `REDIS_UNAVAILABLE` when Redis has said nothing for about a second: where
   *   `mayBeStored`, the message may have been stored, so send it again with the same `idempotencyKey`
   */
  send(message: NewMessage): Promise<SendReceipt>;
  /**
   * Checks an MMS, to one recipient or to as many as travel in one request (`requestSize`), and stores it; its
   * medium is stored once, however many recipients and calls carry it. What is not known of MMS: docs/mms.md.
   *
   * @throws MessageError when the MMS is not fit to be sent, `MMS_NEEDS_WEB_SERVICE` among others: nothing was
   *   enqueued
   * @throws ProducerError as `send()`
   */
  sendMms(mms: NewMms): Promise<MmsReceipt>;
  /**
   * Enqueues a campaign: one text to many, or a text each; arrays or async iterables of any length, in bounded
   * memory. A recipient that cannot be sent to is reported by its index and stops nobody else. The call can be
   * repeated after a crash: with the same campaign and recipients it adds only what was missing.
   *
   * @throws MessageError when title, text, times, the campaign's name or the list are not fit: nothing was enqueued
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `PRODUCER_CLOSED`: nothing was enqueued; `REDIS_UNAVAILABLE`,
   *   `REDIS_REFUSED`: call again with the same campaign to complete it; `CAMPAIGN_CONFLICT`: the name was used for something else
   */
  sendMany(recipients: Recipients, options: ManyOptions): Promise<ManyReceipt>;
  /**
   * How far a campaign has come; undefined for one that is not known.
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `REDIS_UNAVAILABLE`, `REDIS_REFUSED`
   */
  campaign(id: string, options?: { readonly account?: string }): Promise<CampaignProgress | undefined>;
  /**
   * Pauses, resumes or cancels a campaign. What has left stays sent; the messages of a cancelled one end as dead
   * letters `cancelled`. False where the campaign is not known, or cancelled already.
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `REDIS_UNAVAILABLE`, `REDIS_REFUSED`
   */
  setCampaign(id: string, state: CampaignState, options?: { readonly account?: string }): Promise<boolean>;
  /** Closes the connection to Redis. Each `send()` under way is finished, or fails, first. */
  close(): Promise<void>;
}

/**
 * Opens a producer. It connects by itself and fails fast: a send while Redis is away is refused after about a
 * second, at start too.
 *
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` with all problems of the options at once
 */
export function createProducer(options: ProducerOptions): Producer {
  const resolved = resolveOptions(options);
  loadNumberTables();
  const redis = openProducerRedis(resolved.redis, resolved.redisTimeoutMs);
  const calls = createRedisCalls(redis, resolved.redisTimeoutMs);
  const clock = createRedisClock(redis);
  clock.follow();
  const queues = new Map<string, Queue>();
  /** Each ends within Redis' time limit, so a close may wait for them. */
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const redisTime: JobStore['redisTime'] = async (check) => {
    if (clock.skewMs() !== undefined) return clock.now();
    try {
      await calls.run({ work: () => clock.measure(), isRepeatable: true, stores: false });
      return clock.now();
    } catch (error) {
      check(Date.now());
      throw error;
    }
  };

  const queueOf = (account: string, lane: Lane): Queue => {
    const name = queueName(account, lane);
    // BullMQ asks for the version once: where that answer is lost with its connection, the queue fails for ever.
    const options = { skipVersionCheck: true };
    const queue = queues.get(name) ?? openQueue(redis, name, resolved.prefix, options);
    queues.set(name, queue);
    return queue;
  };

  const atCampaign = async <T>(
    campaign: string,
    options: { readonly account?: string } | undefined,
    ask: (place: CampaignPlace) => Promise<T>,
  ): Promise<T> => {
    if (closed) throw new ProducerError('PRODUCER_CLOSED');
    const { account } = accountOf(options?.account, resolved);
    const place = { prefix: resolved.prefix, account, campaign };
    return calls.run({ work: () => ask(place), isRepeatable: true, stores: false });
  };

  const readSecret = secretReader(redis, resolved.prefix);
  const secret = async (): Promise<string> => {
    // That it is no secret is an answer of Redis, and asking again would change nothing.
    const work = () => readSecret().catch((error: unknown) => unlessInvalid(error));
    const found = await calls.run({ work, isRepeatable: true, stores: false });
    if (typeof found === 'string') return found;
    const detail = `Key: ${keys.secret(resolved.prefix)}.`;
    throw new ProducerError('SECRET_INVALID', { detail, cause: found });
  };

  const { prefix, idempotencyWindowMs } = resolved;
  const jobs: JobStore = { redis, prefix, calls, redisTime, queueOf, addJobs: jobAdder(redis), secret };
  const batches = createBatches((call) => storeJob(call, jobs));

  const sendOneMms = async (mms: NewMms): Promise<MmsReceipt> => {
    const { account, rules } = accountOf(mms?.account, resolved);
    const { requestSize: maxRecipients, mediaMemoryMs, maxJobBytes } = resolved;
    const rulesAt = (nowMs: number): MmsRules => ({ ...rules, maxRecipients, nowMs });
    const nowMs = await redisTime((systemMs) => void checkMms(mms, rulesAt(systemMs)));
    return sendMms(
      { mms, account, rules: rulesAt(nowMs) },
      { ...jobs, idempotencyWindowMs, mediaMemoryMs, maxJobBytes },
    );
  };

  /** A close waits for it. */
  const tracked = <T>(task: Promise<T>): Promise<T> => {
    underWay.add(task);
    return task.finally(() => underWay.delete(task));
  };

  const close = async (): Promise<void> => {
    closed = true;
    clock.stop();
    await Promise.allSettled(underWay);
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    redis.disconnect();
  };

  return {
    async send(message) {
      if (closed) throw new ProducerError('PRODUCER_CLOSED');
      return tracked(sendOne(message, resolved, { ...jobs, batches, idempotencyWindowMs }));
    },
    async sendMms(mms) {
      if (closed) throw new ProducerError('PRODUCER_CLOSED');
      return tracked(sendOneMms(mms));
    },
    async sendMany(recipients, options) {
      if (closed) throw new ProducerError('PRODUCER_CLOSED');
      const { account, rules } = accountOf(options.account, resolved);
      checkRecipients(recipients);
      const campaignAt = (nowMs: number): CampaignRules => checkCampaign(options, { account, rules, nowMs });
      const nowMs = options.dryRun ? Date.now() : await redisTime((systemMs) => void campaignAt(systemMs));
      const campaign = campaignAt(nowMs);
      const { campaignWindowMs, maxJobBytes } = resolved;
      const requestSize = Math.min(resolved.requestSize, messagesThatFit(maxJobBytes, rules.maxTextLength));
      return sendMany(recipients, options, campaign, { ...jobs, requestSize, campaignWindowMs });
    },
    campaign: (id, options) => atCampaign(id, options, (place) => readCampaign(redis, place)),
    setCampaign: (id, state, options) =>
      atCampaign(id, options, (place) => setCampaignState(redis, place, state)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** @throws whatever else went wrong than that the secret is none */
function unlessInvalid(error: unknown): Error {
  if (error instanceof Error && isSecretInvalid(error)) return error;
  throw error;
}
