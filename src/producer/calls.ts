import type { NewMessage } from '../message/message.ts';
import type { NewMms } from '../message/mms.ts';
import type { CampaignProgress, CampaignState } from '../queue/campaign.ts';
import type { Recipients } from './chunks.ts';
import type { ManyReceipt } from './many.ts';
import type { ManyOptions } from './many-options.ts';
import type { MessageCalls, MessageOptions } from './message-calls.ts';
import type { MmsReceipt } from './send-mms.ts';
import type { SendReceipt } from './send-one.ts';

/** What backend apps send with: it puts messages into Redis, and a worker delivers them. One for each process. */
export interface Producer extends MessageCalls, AsyncDisposable {
  /**
   * Checks a message and stores it. Resolves only when Redis has stored the job; from then on the message
   * ends as accepted by JetSMS or as a dead letter with a reason. Under an `idempotencyKey` the call can be repeated:
   * the receipt says what is stored, and a call that asks for something else is refused.
   *
   * @param message what is to be sent, to whom, when and until when
   * @returns what is stored
   * @throws MessageError when the message is not fit to be sent: nothing was enqueued; `code`, `field` and the
   *   error's message say what to change
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `IDEMPOTENCY_CONFLICT`, `SECRET_INVALID`, `PRODUCER_CLOSED`, `REDIS_REFUSED`
   *   (with its `reason`): nothing was enqueued; `REDIS_UNAVAILABLE` when Redis has said nothing for about a second: where
   *   `mayBeStored`, the message may have been stored, so send it again with the same `idempotencyKey`
   * @example
   * const receipt = await producer.send({
   *   to: '0532 123 45 67',
   *   text: 'Kodunuz: 481516',
   *   lane: 'otp',
   *   deadline: '3m', // nobody wants it later
   *   idempotencyKey: 'login-17', // sending it again texts nobody twice
   * });
   * console.log(receipt.lane, receipt.parts, receipt.duplicate); // → otp 1 false
   */
  send(message: NewMessage): Promise<SendReceipt>;
  /**
   * Checks an MMS, to one recipient or to as many as travel in one request (`requestSize`), and stores it; its
   * medium is stored once, however many recipients and calls carry it. What is not known of MMS: [mms.md](mms.md).
   *
   * @param mms what is to be sent, and to whom
   * @returns what is stored
   * @throws MessageError when the MMS is not fit to be sent, `MMS_NEEDS_WEB_SERVICE` among others: nothing was
   *   enqueued
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `IDEMPOTENCY_CONFLICT`, `SECRET_INVALID`, `PRODUCER_CLOSED`, `REDIS_REFUSED`,
   *   `REDIS_UNAVAILABLE`: as `send()`
   * @example
   * const mms = await producer.sendMms({
   *   account: 'pictures', // one that uses the web service
   *   to: ['0532 123 45 67', '0533 765 43 21'],
   *   subject: 'Yeni sezon',
   *   media: { contentType: 'image/gif', data: Buffer.from('R0lGODlhAQABAAAAACw=', 'base64') },
   * });
   * console.log(mms.messages); // → 2
   */
  sendMms(mms: NewMms): Promise<MmsReceipt>;
  /**
   * Enqueues a campaign: one text to many, or a text each; arrays or async iterables of any length, in bounded
   * memory. A recipient that cannot be sent to is reported by its index and stops nobody else. The call can be
   * repeated after a crash: with the same campaign and recipients it adds only what was missing.
   *
   * @param recipients numbers, or objects with a text or a `meta` of their own
   * @param options what all messages have in common
   * @returns what became of the recipients
   * @throws MessageError when an option, title, text, times, the campaign's name or the list are not fit: nothing was enqueued
   * @throws ProducerError `ACCOUNT_UNKNOWN`: nothing was enqueued; `REDIS_UNAVAILABLE`, `REDIS_REFUSED`, `SECRET_INVALID`,
   *   `PRODUCER_CLOSED` (also where the producer is closed meanwhile): where `mayBeStored`, a part may be stored; call again with
   *   the same campaign to complete it; `CAMPAIGN_CONFLICT`: the name was used for something else
   * @example
   * const sent = await producer.sendMany(
   *   ['0532 123 45 67', { to: '0533 765 43 21', text: 'Ayşe Hanım, indirim başladı.' }, 'no number'],
   *   {
   *     campaign: 'autumn-sale-2026',
   *     text: 'İndirim başladı.',
   *     onProblem: ({ index, code }) => console.log(index, code), // → 2 NUMBER_INVALID
   *   },
   * );
   * console.log(sent.messages, sent.refused); // → 2 1
   */
  sendMany(recipients: Recipients, options: ManyOptions): Promise<ManyReceipt>;
  /**
   * How far a campaign has come.
   *
   * @param id the name that it was enqueued under
   * @param options the account, where it is not the default one
   * @returns its counts; undefined for one that is not known
   * @throws MessageError `CAMPAIGN_INVALID`, `ARGUMENT_INVALID`
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `PRODUCER_CLOSED`, `REDIS_UNAVAILABLE`, `REDIS_REFUSED`
   * @example
   * await producer.sendMany(['0532 123 45 67'], { campaign: 'spring', text: 'Bahar geldi.', sendAt: { in: '2h' } });
   * const progress = await producer.campaign('spring');
   * console.log(progress?.state, progress?.waiting); // → running 1
   */
  campaign(id: string, options?: MessageOptions): Promise<CampaignProgress | undefined>;
  /**
   * Pauses, resumes or cancels a campaign. What has left stays sent; the messages of a cancelled one end as dead
   * letters `cancelled`.
   *
   * @param id the name that it was enqueued under
   * @param state what it is to be from now on
   * @param options the account, where it is not the default one
   * @returns whether it is so now; false where the campaign is not known, or is cancelled and was to be something else
   * @throws MessageError `CAMPAIGN_INVALID`, `ARGUMENT_INVALID`
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `PRODUCER_CLOSED`, `REDIS_REFUSED`: nothing was changed; `REDIS_UNAVAILABLE`: where
   *   `mayBeStored`, it may be changed or not, so call again
   * @example
   * await producer.sendMany(['0532 123 45 67'], { campaign: 'summer', text: 'Yaz geldi.', sendAt: { in: '2h' } });
   * console.log(await producer.setCampaign('summer', 'paused')); // → true
   * console.log(await producer.setCampaign('winter', 'paused')); // → false
   */
  setCampaign(id: string, state: CampaignState, options?: MessageOptions): Promise<boolean>;
  /**
   * Closes the connection to Redis. Each call under way is finished, or fails, first; a `sendMany()` takes nothing more from its
   * list and fails with `PRODUCER_CLOSED`. Closing twice is closing once. With `await using` it is called at the end of the block.
   *
   * @example
   * await producer.close();
   * await producer.send({ to: '0532 123 45 67', text: 'Merhaba' }).catch((error) => {
   *   console.log(error.code); // → PRODUCER_CLOSED
   * });
   */
  close(): Promise<void>;
}
