import type { StoredData } from '../producer/stored-data.ts';
import type { ClaimAnswers, NewJob } from '../queue/add-jobs.ts';
import type { MovedTimes } from '../queue/job-record.ts';
import { withoutLost } from '../queue/pieces.ts';
import type { OpenPlace } from '../status/place.ts';
import { closeCounts, countJob, progressIn, setState } from './campaigns.ts';
import { callOff, type Ends, endCancelledCampaign } from './ends.ts';
import { type AccountMemory, type Memory, newStoredJob } from './memory.ts';
import { placeOf } from './places.ts';

/** What a producer stores and looks up, in memory: the same promises as those of Redis, in one process. */
export function memoryData(memory: Memory, rules: Pick<Ends, 'keepStatusMs' | 'shownInEvents'>): StoredData {
  return {
    async addJob(newJob) {
      const answers = addJob(memory, newJob);
      const { account, campaign } = newJob.job;
      if (campaign !== undefined) endCancelledCampaign({ memory, account, ...rules }, campaign);
      return answers;
    },
    claimOf: async (account, name) => heldClaim(memory.of(account), name, memory.now()) ?? null,
    async keepMedium(account, { hash, data }) {
      memory.of(account).media.set(hash, data);
    },
    countCampaignJob: async ({ account, campaign }, job) => countJob({ memory, account }, campaign, job),
    closeCampaign: async ({ account, campaign }) => closeCounts({ memory, account }, campaign),
    readCampaign: async ({ account, campaign }) => progressIn({ memory, account }, campaign),
    async setCampaignState({ account, campaign }, state) {
      const isSet = setState({ memory, account }, campaign, state);
      endCancelledCampaign({ memory, account, ...rules }, campaign);
      return isSet;
    },
    messagesOf(account, { now }) {
      const own = memory.of(account);
      const locate = async (id: string) => placeOf(own, id, now);
      return {
        locate,
        cancelling: (shownInEvents) => ({
          locate,
          async callOff({ sight, index }) {
            const stored = own.jobs.get(sight.id);
            if (!stored) return 'again';
            callOff({ memory, account, ...rules, shownInEvents }, { stored, index });
            return 'cancelled';
          },
        }),
        rescheduling: (nameOfKey) => ({
          locate,
          move: async (place, moved) => move(own, place, moved, nameOfKey),
        }),
      };
    },
  };
}

/** Moves a message; what its key holds stays held for as much longer. */
function move(
  own: AccountMemory,
  { sight, job }: OpenPlace,
  moved: MovedTimes,
  nameOfKey: (idempotencyKey: string) => string,
): 'rescheduled' | 'again' {
  const stored = own.jobs.get(sight.id);
  if (!stored) return 'again';
  const [key] = job.keys ?? [];
  const claim = typeof key === 'string' ? own.claims.get(nameOfKey(key)) : undefined;
  const shiftMs = moved.sendAt - (job.sendAt ?? moved.sendAt);
  if (claim?.value.startsWith(`${sight.id} `)) claim.until += shiftMs;
  stored.job = { ...job, ...moved };
  return 'rescheduled';
}

function heldClaim({ claims }: AccountMemory, name: string, now: number): string | undefined {
  const held = claims.get(name);
  return held && held.until > now ? held.value : undefined;
}

/** Adds a job with its claims, without the messages whose claims were lost; none of it where all were. */
function addJob(memory: Memory, { id, job, claims = [] }: NewJob): ClaimAnswers {
  const own = memory.of(job.account);
  const now = memory.now();
  const answers = claims.map(({ name, value, ttlMs }) => {
    const held = heldClaim(own, name, now);
    if (held === undefined) own.claims.set(name, { value, until: now + ttlMs });
    return held;
  });
  const lost = claims.flatMap(({ index = -1 }, at) => (answers[at] === undefined ? [] : [index]));
  if (withoutLost(id, job, lost))
    own.jobs.set(id, newStoredJob(id, job, { order: memory.nextOrder(), lost }));
  return answers;
}
