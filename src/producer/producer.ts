import type { NewMessage } from '../message/message.ts';
import type { NewMms } from '../message/mms.ts';
import { loadNumberTables } from '../message/number.ts';
import type { CampaignProgress, CampaignState } from '../queue/campaign.ts';
import type { Recipients } from './chunks.ts';
import type { ManyOptions, ManyReceipt } from './many.ts';
import type { MessageCalls } from './message-calls.ts';
import { openStore } from './open-store.ts';
import { type ProducerOptions, resolveOptions } from './options.ts';
import { producerOver } from './producer-over.ts';
import type { MmsReceipt } from './send-mms.ts';
import type { SendReceipt } from './send-one.ts';

/** The library that backend apps import: it puts messages into Redis, and a worker delivers them. */
export interface Producer extends MessageCalls, AsyncDisposable {
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
  return producerOver(openStore(resolved), resolved);
}
