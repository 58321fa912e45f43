import { messagesThatFit } from '../message/job-size.ts';
import { loadNumberTables } from '../message/number.ts';
import { readCampaign, setCampaignState } from '../queue/campaign.ts';
import type { CampaignPlace } from '../queue/names.ts';
import { accountOf } from './account-of.ts';
import { checkOptions, checkState } from './arguments.ts';
import { createBatches } from './batches.ts';
import type { Producer } from './calls.ts';
import { checkRecipients, type Recipients } from './chunks.ts';
import { type CampaignRules, checkCampaign, type ManyReceipt } from './many.ts';
import { checkCampaignName, checkManyOptions, type ManyOptions } from './many-options.ts';
import { createMessageCalls, type MessageOptions } from './message-calls.ts';
import { openStore } from './open-store.ts';
import { type ProducerOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { sendMany } from './send-many.ts';
import { sendMms } from './send-mms.ts';
import { sendOne } from './send-one.ts';
import { type JobStore, storeJob } from './store-jobs.ts';
import { createUnderWay } from './under-way.ts';

/**
 * Opens a producer. It connects by itself and fails fast: a send while Redis is away is refused after about a
 * second, at start too.
 *
 * @param options where Redis is, and what must be known of the accounts
 * @returns the producer
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` with all problems of the options at once
 * @example
 * import { createProducer } from 'jetsms-delivery';
 *
 * const producer = createProducer({
 *   redis: 'redis://127.0.0.1:6379',
 *   accounts: { default: { title: 'FIRMA' }, pictures: { title: 'FIRMA', surface: 'web-service' } },
 * });
 */
export function createProducer(options: ProducerOptions): Producer {
  const resolved = resolveOptions(options);
  loadNumberTables();
  const store = openStore(resolved);
  const batches = createBatches((call) => storeJob(call, store));
  const sendStore = { ...store, batches };
  const underWay = createUnderWay();

  const atCampaign = async <T>(
    campaign: string,
    named: MessageOptions | undefined,
    ask: (place: CampaignPlace) => Promise<T>,
  ): Promise<T> => {
    underWay.checkOpen();
    const { account } = accountOf(checkOptions(named).account, resolved);
    const place = { prefix: resolved.prefix, account, campaign: checkCampaignName(campaign) };
    return store.calls.run({ work: () => ask(place), isRepeatable: true, stores: false });
  };

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= underWay.close().then(() => store.close());
    return closing;
  };

  return {
    send: (message) => underWay.run(() => sendOne(message, resolved, sendStore)),
    sendMms: (mms) => underWay.run(() => sendMms(mms, resolved, store)),
    async sendMany(recipients, many) {
      underWay.checkOpen();
      return enqueueCampaign(recipients, many, resolved, store);
    },
    campaign: (id, named) => atCampaign(id, named, (place) => readCampaign(store.redis, place)),
    setCampaign: async (id, state, named) => {
      const wished = checkState(state);
      return atCampaign(id, named, (place) => setCampaignState(store.redis, place, wished));
    },
    ...createMessageCalls(resolved, store, underWay),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Checks what the messages of a campaign have in common before it takes the first of them. */
async function enqueueCampaign(
  recipients: Recipients,
  options: ManyOptions,
  resolved: ResolvedOptions,
  store: JobStore,
): Promise<ManyReceipt> {
  checkManyOptions(options);
  const { account, rules } = accountOf(options.account, resolved);
  checkRecipients(recipients);
  const campaignAt = (nowMs: number): CampaignRules => checkCampaign(options, { account, rules, nowMs });
  const nowMs = options.dryRun ? Date.now() : await store.redisTime((systemMs) => void campaignAt(systemMs));
  const campaign = campaignAt(nowMs);
  const { campaignWindowMs, maxJobBytes } = resolved;
  const requestSize = Math.min(resolved.requestSize, messagesThatFit(maxJobBytes, rules.maxTextLength));
  return sendMany(recipients, options, campaign, { ...store, requestSize, campaignWindowMs });
}
