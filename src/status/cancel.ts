import type { Redis } from 'ioredis';
import { recordKeepMs } from '../queue/add-jobs.ts';
import { type CancelledIn, endOfCancelled, endOfCancelledJob } from '../queue/cancelled-end.ts';
import { argsOfEnd } from '../queue/end-lua.ts';
import type { EndRules } from '../queue/ends.ts';
import type { Journal } from '../queue/journal.ts';
import { keys } from '../queue/names.ts';
import type { SendJob } from '../queue/send-job.ts';
import { cancelScript } from './cancel-script.ts';
import { locate } from './locate.ts';
import type { OpenPlace, Place } from './place.ts';
import { recordKey, type StatusTools } from './sight.ts';
import { isAsking } from './status-of.ts';

/**
 * - `cancelled`: it does not reach JetSMS, now or ever.
 * - `too-late`: it has ended, a request for it is under way, or an earlier one may have been taken.
 * - `unknown`: no such message was stored, or its end is forgotten.
 */
export type CancelResult = 'cancelled' | 'too-late' | 'unknown';

/** What calling messages off needs of the world. */
export interface CancelTools extends StatusTools {
  /** What is shown in the event, as the workers have it. */
  readonly shownInEvents: EndRules['shownInEvents'];
}

/** Each time somebody else was faster, and after that the message is where nobody changes it, or on its way. */
const tries = 20;

/**
 * Calls a message off, or all messages of a job of several: from its answer on it is certain what becomes of it. Repeating it
 * changes nothing.
 */
export async function cancelMessage(id: string, tools: CancelTools): Promise<CancelResult> {
  for (let n = 0; n < tries; n += 1) {
    const result = await cancelAt(await locate(id, tools), tools);
    if (result !== 'again') return result;
  }
  return 'too-late';
}

async function cancelAt(place: Place, tools: CancelTools): Promise<CancelResult | 'again'> {
  switch (place.kind) {
    case 'unknown':
      return 'unknown';
    case 'ended':
      return place.ended.end === 'cancelled' ? 'cancelled' : 'too-late';
    case 'settled':
      return place.end === 'cancelled' || isCalledOff(place.end) ? 'cancelled' : 'too-late';
    case 'divided':
      return cancelAll(place.parts, tools);
    case 'open':
      return cancelOpen(place, tools);
  }
}

const isCalledOff = (end: { readonly end: string; readonly reason?: string }): boolean =>
  end.reason === 'cancelled';

async function cancelAll(parts: readonly Place[], tools: CancelTools): Promise<CancelResult | 'again'> {
  const results = await Promise.all(parts.map((part) => cancelAt(part, tools)));
  if (results.includes('again')) return 'again';
  return results.every((result) => result === 'cancelled') ? 'cancelled' : 'too-late';
}

async function cancelOpen(place: OpenPlace, tools: CancelTools): Promise<CancelResult | 'again'> {
  const { job, index, journal, sight, mayHaveArrived } = place;
  // The id of joined sends is nobody's: who has it means one of them.
  if (index === undefined && job.joined) return 'unknown';
  if (mayHaveArrived || sight.isBegun || mayBeTaken(journal, job)) return 'too-late';
  const [result, isEmpty] = await runScript(place, tools);
  if (result === 'cancelled' && isEmpty === 1) await remove(place, tools);
  return result;
}

/** Whether a request for it is under way, or an earlier one may have been taken. */
export function mayBeTaken(journal: Journal, { before }: Pick<SendJob, 'before'>): boolean {
  const { sending, resends, history, settled } = journal;
  if (sending || settled || resends > 0 || (before?.resends ?? 0) > 0) return true;
  if (isAsking(journal) || isAsking(before)) return true;
  return history.some(({ outcome }) => outcome === 'uncertain' || outcome === 'accepted');
}

type Answer = readonly [result: 'cancelled' | 'too-late' | 'again', isEmpty: number];

interface CancelCommand {
  jetsmsCancel(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<Answer>;
}

/** Gives a connection the command that calls messages off. */
export function defineCancel(redis: Redis): void {
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
  const keysOf = [
    recordKey(tools, lane, sight.id),
    queueOf(lane).toKey(sight.id),
    keys.campaign(prefix, account, job.campaign ?? ''),
    keys.events(prefix, account),
    keys.reports(prefix, account),
    ...(parent ? [queueOf(lane).toKey(parent.id), keys.claim(prefix, account, sight.id)] : []),
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
