import { overWebService, type Scenario } from '../harness/scenario.ts';
import { account } from './account.ts';
import { accountFault } from './account-fault.ts';
import { askHang, askKills } from './ask.ts';
import { batchKills } from './batch-kills.ts';
import { cancels } from './cancels.ts';
import { clocks } from './clocks.ts';
import { events, eventsLong } from './events.ts';
import { everything } from './everything.ts';
import { flaws } from './flaws.ts';
import { kills } from './kills.ts';
import { providerNetwork } from './provider-network.ts';
import { proxy } from './proxy.ts';
import { redis } from './redis.ts';
import { redisAwayLong, redisAwayMinute } from './redis-away.ts';
import { redisCluster } from './redis-cluster.ts';
import { redisFailover } from './redis-failover.ts';
import { replay } from './replay.ts';
import { reports } from './reports.ts';
import { restarts } from './restarts.ts';
import { sentinel, sentinelUnconfirmed } from './sentinel.ts';
import { sharedKeys } from './shared-keys.ts';
import { unreadable } from './unreadable.ts';

const ofMessages: readonly Scenario[] = [
  kills,
  batchKills,
  events,
  flaws,
  providerNetwork,
  proxy,
  redis,
  account,
  accountFault,
  restarts,
  replay,
  unreadable,
  cancels,
  everything,
];

/** What is not about replies: it is the same over both surfaces. */
const ofMachines: readonly Scenario[] = [
  redisFailover,
  sentinel,
  redisCluster,
  sharedKeys,
  clocks,
  redisAwayMinute,
];

/** What a long run runs. */
export const scenarios: readonly Scenario[] = [
  ...ofMessages,
  ...ofMessages.map(overWebService),
  askKills,
  askHang,
  reports,
  overWebService(reports),
  ...ofMachines,
];

/** What runs only where it is asked for by name. */
export const onRequest: readonly Scenario[] = [redisAwayLong, eventsLong, sentinelUnconfirmed];
