import { overWebService, type Scenario } from '../harness/scenario.ts';
import { account } from './account.ts';
import { accountFault } from './account-fault.ts';
import { clocks } from './clocks.ts';
import { everything } from './everything.ts';
import { kills } from './kills.ts';
import { providerNetwork } from './provider-network.ts';
import { redis } from './redis.ts';
import { redisAwayLong, redisAwayMinute } from './redis-away.ts';
import { redisFailover } from './redis-failover.ts';
import { replay } from './replay.ts';
import { restarts } from './restarts.ts';
import { unreadable } from './unreadable.ts';

const overXml: readonly Scenario[] = [
  kills,
  providerNetwork,
  redis,
  redisFailover,
  account,
  accountFault,
  restarts,
  replay,
  clocks,
  unreadable,
  everything,
];

/** What a long run runs. */
export const scenarios: readonly Scenario[] = [...overXml, ...overXml.map(overWebService), redisAwayMinute];

/** What runs only where it is asked for by name. */
export const onRequest: readonly Scenario[] = [redisAwayLong];
