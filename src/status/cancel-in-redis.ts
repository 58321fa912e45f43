import { type CancelledIn, endOfCancelled, endOfCancelledJob } from '../queue/cancelled-end.ts';
import { argsOfEnd } from '../queue/end-lua.ts';
import type { EndRules } from '../queue/ends.ts';
import { recordKeepMs } from '../queue/job-record.ts';
import { keys } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { CancelSteps } from './cancel.ts';
import { cancelScript } from './cancel-script.ts';
import { locate } from './locate.ts';
import type { OpenPlace } from './place.ts';
import { recordKey, type StatusTools } from './sight.ts';

/** What calling messages off needs of the world. */
export interface CancelTools extends StatusTools {
  /** What is shown in the event, as the workers have it. */
  readonly shownInEvents: EndRules['shownInEvents'];
}

/** How messages are called off that lie in Redis; the connection must know the command (`defineCancel`). */
export const cancelInRedis = (tools: CancelTools): CancelSteps => ({
  locate: (id) => locate(id, tools),
  async callOff(place) {
    const [result, isEmpty] = await runScript(place, tools);
    if (result === 'cancelled' && isEmpty === 1) await remove(place, tools);
    return result;
  },
});

type Answer = readonly [result: 'cancelled' | 'too-late' | 'again', isEmpty: number];

interface CancelCommand {
  jetsmsCancel(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<Answer>;
}

/** Gives a connection the command that calls messages off. */
export function defineCancel(redis: RedisClient): void {
  redis.defineCommand('jetsmsCancel', { lua: cancelScript });
}

function runScript(place: OpenPlace, tools: CancelTools): Promise<Answer> {
  const { job, index, journal, sight, parent } = place;
  const { redis, place: at, now, queueOf } = tools;
  const { prefix, account } = at;
  const cancelledIn: CancelledIn = { id: sight.id, job, journal, at: now() };
  const rules = endRulesOf(tools);
  const indices = index === undefined ? job.to.map((_, one) => one) : [index];
  const ends = [
    ...indices.map((one) => endOfCancelled(cancelledIn, one, rules)),
    endOfCancelledJob(cancelledIn, rules),
  ];
  const { lane } = parent ?? sight;
  const [record, jobKey] = [recordKey(tools, lane, sight.id), queueOf(lane).toKey(sight.id)];
  const keysOf = [
    record,
    jobKey,
    keys.campaign(prefix, account, job.campaign ?? ''),
    keys.events(prefix, account),
    keys.reports(prefix, account),
    ...(parent ? [queueOf(lane).toKey(parent.id), keys.claim(prefix, account, sight.id)] : [jobKey, jobKey]),
    // Named, though the script finds them by its arguments: a cluster that moves them says so before it has begun.
    ...new Set(ends.map(({ key }) => key).filter((key) => key !== '')),
  ];
  const commands = redis as unknown as CancelCommand; // defineCommand adds methods that ioredis' types cannot know
  return commands.jetsmsCancel(
    keysOf.length,
    ...keysOf,
    sight.record.journal,
    recordKeepMs(job, cancelledIn.at),
    job.to.length,
    '',
    indices.length,
    ...indices,
    ...ends.flatMap(argsOfEnd),
  );
}

/** Nobody asks about what was called off. */
const endRulesOf = ({ place, keepStatusMs, shownInEvents }: CancelTools): EndRules => ({
  ...place,
  keepStatusMs,
  shownInEvents,
  reportLanes: [],
  reportFirstMs: 0,
  asksByIds: false,
});

/** Spares a worker the way. Where one was faster, or Redis says no, the job ends there without a request. */
async function remove({ sight, parent }: OpenPlace, { queueOf }: CancelTools): Promise<void> {
  if (parent) return;
  await queueOf(sight.lane)
    .remove(sight.id)
    .catch(() => 0);
}
