import type { AccountQueues } from '../../bullmq/account-queues.ts';
import { createReportClient } from '../../jetsms/reports.ts';
import type { HoldReason } from '../../queue/hold-reasons.ts';
import type { AccountPlace } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { secretReader } from '../../queue/secret.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Hold } from '../account/hold-record.ts';
import { stands } from '../account/hold-steps.ts';
import type { AccountHolds } from '../account/holds.ts';
import type { Rate } from '../account/pace.ts';
import type { Asking } from '../asking/asking.ts';
import type { Delivery, RequestContext } from '../delivery.ts';
import type { Joiner } from '../joiner.ts';
import type { Telemetry } from '../telemetry.ts';
import { createAcceptFound } from './accept-found.ts';
import { createReportStore } from './report-store.ts';
import { createReporter, type Reporter } from './reporter.ts';

export interface AccountReportsOptions {
  readonly settings: Pick<Settings, 'prefix' | 'maxEvents'>;
  readonly account: AccountSettings;
  readonly redis: RedisClient;
  readonly telemetry: Telemetry;
  /** Names this process in histories. */
  readonly name: string;
  /** Redis' time. */
  readonly now: () => number;
  readonly random: () => number;
}

/** What the worker of the account has beside the reports. */
export interface BesideReports {
  readonly place: AccountPlace;
  readonly queues: AccountQueues;
  readonly holds: Pick<AccountHolds, 'current'>;
  readonly asking: Pick<Asking, 'control'>;
  readonly context: Pick<RequestContext, 'records'>;
  readonly joiner: Pick<Joiner<Delivery>, 'isBusy'>;
  readonly rate: Pick<Rate, 'isUsedUp'>;
}

/** Asks what became of an account's accepted messages; messages that wait to be sent go first. */
export function createAccountReports(
  { settings, account, redis, telemetry, name: worker, now, random }: AccountReportsOptions,
  { place, queues, holds, asking, context: { records }, joiner, rate }: BesideReports,
): Reporter {
  const { reportsPerSecond } = account;
  const client = createReportClient(account, now);
  const secret = secretReader(redis, settings.prefix);
  const reporter = createReporter({
    store: createReportStore({ redis, place, reportsPerSecond, maxEvents: settings.maxEvents }),
    client,
    control: asking.control,
    acceptFound: createAcceptFound({ redis, place, queues, records, worker, now }),
    account,
    secret: async () => secret.fresh() ?? secret.read(),
    telemetry,
    isBusy: () => joiner.isBusy() || rate.isUsedUp(),
    isRefused: () => isRefused(holds.current()),
    now,
    random,
  });
  return {
    start: () => reporter.start(),
    async stop() {
      await Promise.all([reporter.stop(), client.close()]);
    },
  };
}

/** Holds of which JetSMS's answer to any question is known: no login, no way there. */
const unasked: readonly HoldReason[] = ['account-fault', 'endpoint', 'unreachable'];

const isRefused = (hold: Hold | undefined): boolean => stands(hold) && unasked.includes(hold.reason);
