import { messagesThatFit } from '../message/job-size.ts';
import { accountOf } from './account-of.ts';
import { checkOptions, checkState } from './arguments.ts';
import { createBatches } from './batches.ts';
import type { Producer } from './calls.ts';
import { checkRecipients, type Recipients } from './chunks.ts';
import { type CampaignRules, checkCampaign, type ManyReceipt } from './many.ts';
import { checkCampaignName, checkManyOptions, type ManyOptions } from './many-options.ts';
import { createMessageCalls, type MessageOptions } from './message-calls.ts';
import type { ResolvedOptions } from './options.ts';
import { sendMany } from './send-many.ts';
import { sendMms } from './send-mms.ts';
import { sendOne } from './send-one.ts';
import { type ClosableStore, type JobStore, storeJob } from './store-jobs.ts';
import type { CampaignName } from './stored-data.ts';
import { createUnderWay } from './under-way.ts';

/** A producer over a place where jobs are stored, which it closes in the end. */
export function producerOver(store: ClosableStore, resolved: ResolvedOptions): Producer {
  const batches = createBatches((call) => storeJob(call, store));
  const sendStore = { ...store, batches };
  const underWay = createUnderWay();

  const atCampaign = async <T>(
    campaign: string,
    named: MessageOptions | undefined,
    ask: (name: CampaignName) => Promise<T>,
  ): Promise<T> => {
    underWay.checkOpen();
    const { account } = accountOf(checkOptions(named).account, resolved);
    const name = { account, campaign: checkCampaignName(campaign) };
    return store.calls.run({ work: () => ask(name), isRepeatable: true, stores: false });
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
    campaign: (id, named) => atCampaign(id, named, store.data.readCampaign),
    setCampaign: async (id, state, named) => {
      const wished = checkState(state);
      return atCampaign(id, named, (name) => store.data.setCampaignState(name, wished));
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
  const nowMs = options.dryRun
    ? store.localTime()
    : await store.redisTime((systemMs) => void campaignAt(systemMs));
  const campaign = campaignAt(nowMs);
  const { campaignWindowMs, maxJobBytes } = resolved;
  const requestSize = Math.min(resolved.requestSize, messagesThatFit(maxJobBytes, rules.maxTextLength));
  return sendMany(recipients, options, campaign, { ...store, requestSize, campaignWindowMs });
}
