import { type AccountQueues, openAccountQueues } from '../bullmq/account-queues.ts';
import type { ConfirmedBegin } from '../bullmq/confirmed-begin.ts';
import type { Consumer } from '../bullmq/consumer.ts';
import { createJobRecords } from '../bullmq/job-records.ts';
import { createAccountQueries } from '../jetsms/account-queries.ts';
import { createJetsmsClient } from '../jetsms/client.ts';
import { surfaces } from '../jetsms/surfaces.ts';
import { jobAdder } from '../queue/add-jobs.ts';
import { type AccountPlace, placeOf } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { secretReader } from '../queue/secret.ts';
import type { AccountSettings } from '../settings/account.ts';
import type { Settings } from '../settings/settings.ts';
import type { EndpointBreaker } from './account/breaker.ts';
import { createCampaignStates } from './account/campaign-states.ts';
import { type CreditWatch, createCreditWatch } from './account/credit/credit-watch.ts';
import { holdPolicyOf, stands } from './account/hold-steps.ts';
import { createHoldStore } from './account/hold-store.ts';
import { type AccountHolds, createAccountHolds } from './account/holds.ts';
import { createMediaLibrary } from './account/media.ts';
import { createRate } from './account/pace.ts';
import { askAccount } from './account/question.ts';
import { createAsking } from './asking/asking.ts';
import type { ClockState } from './clock-guard.ts';
import { createConsumers } from './consumers.ts';
import type { DeliverContext } from './deliver.ts';
import type { Delivery, RequestContext } from './delivery.ts';
import { endRulesOf } from './end-rules.ts';
import { createForgetter } from './forget.ts';
import { createJoiner } from './joiner.ts';
import { createLateReplies } from './late-replies.ts';
import { createAccountReports } from './reports/account-reports.ts';
import { sendTogether } from './requests.ts';
import { createRetention } from './retention/retention.ts';
import type { Telemetry } from './telemetry.ts';
import { nextOpening } from './verdict/mms-window.ts';

/** The worker of one account. */
export interface AccountWorker {
  readonly account: AccountSettings;
  readonly queues: AccountQueues;
  readonly holds: AccountHolds;
  /** One for each lane. */
  readonly consumers: readonly Consumer[];
  start(): Promise<void>;
  /**
   * Takes nothing and gives back what has not left, for as long as this machine's clock is wrong; `false`: goes on.
   * Requests under way are finished.
   */
  standStill(still: boolean): void;
  /**
   * Takes nothing new, gives back what has not left, and waits for the requests under way. May wait for as long
   * as Redis is away: the caller sets the limit.
   */
  close(): Promise<void>;
}

export interface AccountWorkerOptions {
  readonly settings: Settings;
  readonly account: AccountSettings;
  /** Shared by all accounts; BullMQ makes the blocking connections itself. */
  readonly redis: RedisClient;
  /** Where replicas are asked before a request leaves. */
  readonly confirming: ConfirmedBegin | undefined;
  readonly breaker: EndpointBreaker;
  readonly telemetry: Telemetry;
  /** Names this process in holds, histories and on the dashboard. */
  readonly name: string;
  /** Redis' time. */
  readonly now: () => number;
  readonly clockState: () => ClockState;
  readonly random: () => number;
}

/** How often a worker looks at the account's hold. */
const lookAtHoldMs = 1_000;

export function createAccountWorker(options: AccountWorkerOptions): AccountWorker {
  const { settings, account, redis, telemetry, now, clockState } = options;
  const place = placeOf(redis, settings.prefix, account.name);
  const queues = openAccountQueues(redis, place, (error) => telemetry.redis(error));
  const credit = createCreditWatchOf(options, place);
  const holds = createHolds(options, { place, queues, credit });
  const requests = createRequests(options, { place, queues, holds });
  const asking = createAsking(options);
  const { context, joiner, forgetter } = requests;
  const reports = createAccountReports(options, { place, queues, holds, asking, ...requests });
  let isClosing = false;
  const deliverContext: DeliverContext = {
    ...context,
    ability: asking.ability,
    asker: asking.asker,
    queues,
    addJobs: jobAdder(redis),
    joiner,
    dueAt: (at) => dueBy(clockState(), at),
    campaignState: createCampaignStates(redis, { ...place, now }),
    carriesMms: surfaces[account.surface].carriesMms,
    maxJobBytes: settings.maxJobBytes,
    isClosing: () => isClosing,
  };
  const retention = createRetention({ redis, place, ages: settings, telemetry });
  const consumers = createConsumers(options, { place, queues, forgetter, deliverContext });

  const giveBack = (): void => {
    for (const delivery of joiner.takeBack()) {
      if (delivery.isCanary) holds.canaryReturned(delivery.id).catch((error) => telemetry.redis(error));
      delivery.settle({ kind: 'back' });
    }
  };

  return {
    account,
    queues,
    holds,
    consumers,
    async start() {
      holds.start();
      await holds.refresh();
      credit?.start();
      retention.start();
      reports.start();
      for (const consumer of consumers) consumer.start();
    },
    standStill(still) {
      if (still) giveBack();
      for (const consumer of consumers) consumer.setPaused(still);
    },
    async close() {
      isClosing = true;
      giveBack();
      requests.rate.stop();
      asking.asker.stop();
      retention.stop();
      await Promise.all([reports.stop(), ...consumers.map((consumer) => consumer.close())]);
      holds.stop();
      await Promise.all([forgetter.flush(), context.client.close(), asking.close(), credit?.stop()]);
      await queues.close();
    },
  };
}

/** The time by a clock that is a little ahead; none where it is wrong. */
const dueBy = ({ isRight, skewMs = 0 }: ClockState, at: number): number | undefined =>
  isRight ? at + Math.max(0, skewMs) : undefined;

interface Shared {
  readonly place: AccountPlace;
  readonly queues: AccountQueues;
}

/** The account's hold: all lanes stand still together. */
function createHolds(
  { account, redis, telemetry, name, now, breaker }: AccountWorkerOptions,
  { place, queues, credit }: Shared & { readonly credit: CreditWatch | undefined },
): AccountHolds {
  const holds = createAccountHolds({
    store: createHoldStore(redis, place),
    queues,
    policy: holdPolicyOf(account),
    worker: name,
    pollMs: Math.min(lookAtHoldMs, account.probeIntervalMs / 2),
    ask: askAccount(credit),
    now,
    onChange(hold, before) {
      // Another worker may have seen the endpoint answer; the own breaker would go on turning messages away.
      if (stands(before) && !stands(hold)) breaker.reset();
      telemetry.hold(hold, before);
    },
    onError: (error) => telemetry.redis(error),
  });
  breaker.onBreak(() => {
    holds.unreachable('circuit-open').catch((error) => telemetry.redis(error));
  });
  return holds;
}

/** One set of connections and one pace for all lanes. */
function createRequests(
  options: AccountWorkerOptions,
  { place, queues, holds }: Shared & { readonly holds: AccountHolds },
) {
  const { settings, account, redis, telemetry, name: worker, now, random, clockState, confirming } = options;
  const { messagesPerSecond, requestsPerSecond, connections, connectionsForOtp, batchSize, batchWaitMs } =
    account;
  const secret = secretReader(redis, settings.prefix);
  const rules = { ...place, ...endRulesOf(settings, account) };
  const records = createJobRecords({ redis, rules, secret, now, confirming });
  const rate = createRate({ redis, ...place, messagesPerSecond, requestsPerSecond });
  const context: RequestContext = {
    records,
    holds,
    telemetry,
    now,
    random,
    worker,
    client: createJetsmsClient(account, { now }),
    rate,
    mayLeave: () => clockState().isRight,
    breaker: options.breaker,
    lateReplies: createLateReplies({ queues, records, telemetry, worker, now }),
    maxResends: settings.maxUncertainResends,
    media: createMediaLibrary(redis, place),
    windowOpensAt: (at) => nextOpening(account.mmsWindows, at),
  };
  const joiner = createJoiner<Delivery>({
    requests: connections,
    requestsForOtp: connectionsForOtp,
    batchSize,
    batchWaitMs,
    send: (group) => sendTogether(group, context),
    now: () => performance.now(),
  });
  const forgetter = createForgetter(records, (error) => telemetry.redis(error));
  return { context, joiner, forgetter, rate };
}

/** Asks for the credit, where the account allows it. */
function createCreditWatchOf(options: AccountWorkerOptions, place: AccountPlace): CreditWatch | undefined {
  const { account, now } = options;
  if (account.creditIntervalMs === 0) return undefined;
  const queries = createAccountQueries(account, now);
  return createCreditWatch({ ...options, place, queries });
}
