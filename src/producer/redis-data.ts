import type { Lane } from '../message/lane.ts';
import { jobAdder } from '../queue/add-jobs.ts';
import { closeCampaign, countCampaignJob, readCampaign, setCampaignState } from '../queue/campaign.ts';
import type { Confirmation } from '../queue/confirmation.ts';
import { storeMedia } from '../queue/media.ts';
import { type AccountPlace, keys, placeOf } from '../queue/names.ts';
import type { Queue } from '../queue/open-queue.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { cancelInRedis, defineCancel } from '../status/cancel-in-redis.ts';
import { locate } from '../status/locate.ts';
import { defineReschedule, rescheduleInRedis } from '../status/reschedule-in-redis.ts';
import type { ResolvedOptions } from './options.ts';
import type { StoredData } from './stored-data.ts';

/** Where in Redis a producer's data lies. */
export interface RedisPlace extends Pick<ResolvedOptions, 'prefix' | 'keepStatusMs'> {
  readonly redis: RedisClient;
  /** The queue of an account's lane; asked for within a call. */
  readonly queueOf: (account: string, lane: Lane) => Queue;
  /** Jobs are confirmed by it in the round trip that adds them. */
  readonly confirmation?: Confirmation | undefined;
}

/** What a producer stores and looks up, in Redis. */
export function redisData({ redis, prefix, keepStatusMs, queueOf, confirmation }: RedisPlace): StoredData {
  defineCancel(redis);
  defineReschedule(redis);
  const addJobs = jobAdder(redis, confirmation);
  const at = (account: string): AccountPlace => placeOf(redis, prefix, account);
  return {
    async addJob(newJob) {
      const { account, lane } = newJob.job;
      const [answers = []] = await addJobs(queueOf(account, lane), [newJob]);
      return answers;
    },
    claimOf: (account, name) => redis.get(keys.claim(at(account).prefix, account, name)),
    keepMedium: (account, medium) => storeMedia(redis, at(account), medium),
    countCampaignJob: (name, job) => countCampaignJob(redis, { ...name, ...at(name.account) }, job),
    closeCampaign: (name) => closeCampaign(redis, { ...name, ...at(name.account) }),
    readCampaign: (name) => readCampaign(redis, { ...name, ...at(name.account) }),
    setCampaignState: (name, state) => setCampaignState(redis, { ...name, ...at(name.account) }, state),
    messagesOf(account, { now, read }) {
      const tools = {
        redis,
        place: at(account),
        queueOf: (lane: Lane) => queueOf(account, lane),
        keepStatusMs,
        now: () => now,
        ...(read ? { read } : {}),
      };
      return {
        locate: (id) => locate(id, tools),
        cancelling: (shownInEvents) => cancelInRedis({ ...tools, shownInEvents }),
        rescheduling: (nameOfKey) => rescheduleInRedis({ ...tools, nameOfKey }),
      };
    },
  };
}
