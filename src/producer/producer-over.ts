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
import { type ManyStore, sendMany } from './send-many.ts';
import { sendMms } from './send-mms.ts';
import { sendOne } from './send-one.ts';
import { type ClosableStore, type JobStore, storeJob } from './store-jobs.ts';
import type { CampaignName } from './stored-data.ts';
import { createUnderWay } from './under-way.ts';

/** A producer over a place where jobs are stored, which it closes in the end. */
export function producerOver(
  store: ClosableStore,
  resolved: ResolvedOptions,
  batchesOf: typeof createBatches = createBatches,
): Producer {
  const batches = batchesOf((call) => storeJob(call, store));
  const sendStore = { ...store, batches };
  const underWay = createUnderWay();

  const campaignOf = (campaign: string, named: MessageOptions | undefined): CampaignName => {
    const { account } = accountOf(checkOptions(named).account, resolved);
    return { account, campaign: checkCampaignName(campaign) };
  };

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= underWay.close().then(() => store.close());
    return closing;
  };

  return {
    send: (message) => underWay.run(() => sendOne(message, resolved, sendStore)),
    sendMms: (mms) => underWay.run(() => sendMms(mms, resolved, store)),
    sendMany: (recipients, many) =>
      underWay.runLong((closed) => enqueueCampaign(recipients, many, resolved, { ...store, closed })),
    campaign: (id, named) =>
      underWay.run(async () => {
        const name = campaignOf(id, named);
        const work = () => store.data.readCampaign(name);
        return store.calls.run({ work, isRepeatable: true, stores: false });
      }),
    setCampaign: (id, state, named) =>
      underWay.run(async () => {
        const wished = checkState(state);
        const name = campaignOf(id, named);
        const work = () => store.data.setCampaignState(name, wished);
        return store.calls.run({ work, isRepeatable: true, stores: true, isChange: true });
      }),
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
  store: JobStore & Pick<ManyStore, 'closed'>,
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
