import { type AccountPlace, defaultAccount, defaultPrefix, placeOf } from '../../../src/queue/names.ts';
import type { TestRedis } from '../../support/redis.ts';

/** Where the account of a scenario lies: in a cluster its prefix is its own. */
export const placeIn = ({ url }: Pick<TestRedis, 'url'>): AccountPlace =>
  placeOf({ isCluster: url.startsWith('redis+cluster:') }, defaultPrefix, defaultAccount);
