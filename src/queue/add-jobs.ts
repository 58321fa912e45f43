import { Job, type Queue } from 'bullmq';
import type { Claim } from './claims.ts';
import type { Confirmation } from './confirmation.ts';
import { sendJobOptions } from './job-options.ts';
import { recordKeepMs } from './job-record.ts';
import type { ScriptTransaction } from './lean-client.ts';
import { keys } from './names.ts';
import type { RedisClient } from './redis-client.ts';
import { mostTelling, readTrouble } from './redis-trouble.ts';
import type { SendJob } from './send-job.ts';

/** A send job, and the names that it claims. */
export interface NewJob {
  readonly id: string;
  readonly job: SendJob;
  readonly now: number;
  readonly delayMs?: number;
  readonly claims?: readonly Claim[];
}

/** For each claim, in order: what holds the name already; undefined where the claim was won. */
export type ClaimAnswers = readonly (string | undefined)[];

/**
 * KEYS: record of the job, the job, claims. ARGV: milliseconds to keep the record; then value, milliseconds and message
 * of each claim (-1 = the whole job). A claim that holds this very value is this call's own, repeated: it is lost only
 * where its job has been and gone.
 */
const claimScript = `
local answers, lost = {}, {}
for i = 3, #KEYS do
  local at = 3 * i - 7
  answers[i - 2] = false
  if not redis.call('SET', KEYS[i], ARGV[at], 'NX', 'PX', ARGV[at + 1]) then
    local held = redis.call('GET', KEYS[i])
    if held ~= ARGV[at] or redis.call('EXISTS', KEYS[2]) == 0 then
      answers[i - 2] = held
      lost[#lost + 1] = tonumber(ARGV[at + 2])
    end
  end
end
if #lost > 0 then
  redis.call('HSET', KEYS[1], 'lost', cjson.encode(lost))
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return answers`;

/**
 * Takes claims back that still hold their values. KEYS: claims. ARGV: their values.
 */
const releaseScript = `
for i, claim in ipairs(KEYS) do
  if redis.call('GET', claim) == ARGV[i] then redis.call('DEL', claim) end
end`;

/** Something was written, and could not be taken back: whether the job is there, nobody knows. */
const partlyAdded = (message: string, cause: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name: 'PartlyAdded' });

/** Whether an error says that a job may be half there. */
export const isPartlyAdded = (error: unknown): boolean =>
  error instanceof Error && error.name === 'PartlyAdded';

/** Adds jobs to the queue of their lane, each in one step with its claims; says for each job what its claims met. */
export type AddJobs = (queue: Queue, newJobs: readonly NewJob[]) => Promise<readonly ClaimAnswers[]>;

/**
 * What adds jobs, each together with its claims: neither is ever there without the other. Where a name is taken
 * already, the job's record says so, and whoever takes the job drops what has lost.
 *
 * With `confirmation`, replicas are asked whether they have them, in the same round trip.
 *
 * What it returns throws the first error that Redis answered with, and nothing was added then. A script that breaks off in
 * the middle, for want of a right, has written its first half: that is taken back. Where that is not possible it throws
 * an error that `isPartlyAdded` knows.
 */
export function jobAdder(redis: RedisClient, confirmation?: Pick<Confirmation, 'behind'>): AddJobs {
  redis.defineCommand('jetsmsRelease', { lua: releaseScript });
  const confirm = async (account = ''): Promise<void> => confirmation?.behind(account);
  return async (queue, newJobs) => {
    const [first] = newJobs;
    let confirmed: Promise<void> | undefined;
    const replies = await transact(queue, newJobs, () => {
      confirmed = confirm(first?.job.account);
      confirmed.catch(() => {}); // what became of the jobs comes first
    });
    if (replies.some(isForgotten)) {
      await addForgotten(queue, newJobs, replies);
      confirmed = confirm(first?.job.account);
    }
    const broken = replies.flat().find(([error]) => error)?.[0];
    if (broken) return giveUp(redis, queue, newJobs, broken);
    const answers = replies.map(([, claimed]) => (claimed ? readAnswers(claimed[1]) : []));
    for (const [index, newJob] of newJobs.entries())
      if (isInVain(newJob, answers[index] ?? [])) await takeBack(redis, queue, newJob.id);
    await confirmed;
    return answers;
  };
}

type Reply = readonly [error: Error | null, result: unknown];

/** What Redis answered for one job: whether it was added, and, where it has claims, what they met. */
type JobReplies = [added: Reply, ...claimed: readonly Reply[]];

/** @param onSent called when the transaction has been written, before it is answered */
async function transact(
  queue: Queue,
  newJobs: readonly NewJob[],
  onSent: () => void,
): Promise<readonly JobReplies[]> {
  const client = await queue.getBackend().client;
  const multi = client.multi() as ScriptTransaction;
  for (const one of newJobs) {
    // Whole, and not by its hash: a Redis that has forgotten it would add the job without its claims.
    if (one.claims?.length) multi.eval(claimScript, ...claimArguments(queue, one));
    // In a transaction it only writes the command down.
    await bullJob(queue, one).addJob(multi, {});
  }
  const sent = multi.exec();
  onSent();
  const replies = await sent.catch((error: unknown) => withoutTransaction(error, newJobs.length));
  let next = 0;
  return newJobs.map(({ claims }): JobReplies => {
    const claimed = claims?.length ? replies?.[next++] : undefined;
    const added = replies?.[next++] ?? [new Error('Redis left a reply out'), null];
    return claimed ? [added, claimed] : [added];
  });
}

const bullJob = (queue: Queue, newJob: NewJob): Job =>
  new Job(queue, newJob.job.lane, newJob.job, sendJobOptions(newJob), newJob.id);

const isForgotten = ([[error]]: JobReplies): boolean => error?.message.startsWith('NOSCRIPT') === true;

/**
 * In a transaction BullMQ's script goes by its hash, and a Redis that has forgotten it has claimed and not added. Outside of
 * one it is sent whole, and known from then on.
 */
async function addForgotten(
  queue: Queue,
  newJobs: readonly NewJob[],
  replies: readonly JobReplies[],
): Promise<void> {
  const client = await queue.getBackend().client;
  for (const [index, one] of newJobs.entries()) {
    const own = replies[index];
    if (own === undefined || !isForgotten(own)) continue;
    own[0] = await bullJob(queue, one)
      .addJob(client, {})
      .then(
        (id): Reply => [null, id],
        (error: Error): Reply => [error, null],
      );
  }
}

async function giveUp(
  redis: RedisClient,
  queue: Queue,
  newJobs: readonly NewJob[],
  broken: Error,
): Promise<never> {
  if (!mayHaveWritten(broken)) throw broken;
  await undo(redis, queue, newJobs).catch((cause: unknown) => {
    throw partlyAdded(broken.message, cause);
  });
  throw broken;
}

/** Whether a script may have written something before it broke off. What Redis refuses to all, it refuses from the first write on. */
function mayHaveWritten(error: Error): boolean {
  const trouble = readTrouble(error);
  return trouble.kind !== 'refused' || trouble.reason === 'NOPERM' || trouble.reason === 'NOSCRIPT';
}

interface Refused {
  readonly previousErrors?: readonly (Error & { readonly command?: { readonly name: string } })[];
}

/**
 * Redis refuses a transaction because of one of its commands: that one says why. Where it refused to begin one, it has
 * carried out the commands one by one, and whatever they have done is to be taken back.
 * @returns as many replies as jobs and their claims can have, which all say why
 * @throws the error that says why, where nothing was done
 */
function withoutTransaction(error: unknown, jobs: number): readonly Reply[] {
  const errors = (error as Refused).previousErrors ?? [];
  const [first] = errors;
  if (first?.command?.name !== 'multi') throw mostTelling(errors) ?? error;
  return Array.from({ length: 2 * jobs }, () => [first, null] as const);
}

interface Releasing {
  jetsmsRelease(keyCount: number, ...keysAndValues: string[]): Promise<unknown>;
}

async function undo(redis: RedisClient, queue: Queue, newJobs: readonly NewJob[]): Promise<void> {
  const prefix = queue.opts.prefix ?? '';
  const commands = redis as unknown as Releasing; // defineCommand adds methods that ioredis' types cannot know
  for (const { id, job, claims = [] } of newJobs) {
    // What keeps a job from being added whole may keep BullMQ from removing it: then its data goes, and it is nothing.
    const removed = await queue.remove(id).catch(() => redis.unlink(queue.toKey(id)).then(() => 1));
    if (removed === 0 && (await redis.exists(queue.toKey(id))) === 1) throw new Error('the job is under way');
    await forgetLost(redis, keys.record(prefix, queue.name, id));
    const names = claims.map(({ name }) => keys.claim(prefix, job.account, name));
    if (names.length > 0)
      await commands.jetsmsRelease(names.length, ...names, ...claims.map(({ value }) => value));
  }
}

function claimArguments(
  queue: Queue,
  { id, job, now, claims = [] }: NewJob,
): [keyCount: number, ...keysAndArgs: (string | number)[]] {
  const prefix = queue.opts.prefix ?? '';
  const claimKeys = claims.map(({ name }) => keys.claim(prefix, job.account, name));
  const args = claims.flatMap(({ value, ttlMs, index = -1 }) => [value, ttlMs, index]);
  const record = keys.record(prefix, queue.name, id);
  return [claimKeys.length + 2, record, queue.toKey(id), ...claimKeys, recordKeepMs(job, now), ...args];
}

/** The rest of a record is not this call's: a piece can be called off before it is added. */
const forgetLost = (redis: RedisClient, record: string): Promise<number> => redis.hdel(record, 'lost');

/** Nothing of the job would be sent: whoever took it would drop all of it. */
const isInVain = ({ claims = [], job, id }: NewJob, answers: ClaimAnswers): boolean =>
  claims.length > 0 &&
  (claims.length === job.to.length || claims.some(({ index }) => index === undefined)) &&
  claims.every(
    (claim, at) => answers[at] !== undefined && (answers[at] !== claim.value || claim.name === id),
  );

/** Spares a worker the way. Where one was faster, or Redis says no, it is dropped there. */
async function takeBack(redis: RedisClient, queue: Queue, id: string): Promise<void> {
  try {
    if ((await queue.remove(id)) === 0) return;
    await forgetLost(redis, keys.record(queue.opts.prefix ?? '', queue.name, id));
  } catch {
    // An economy, no more.
  }
}

const readAnswers = (answer: unknown): ClaimAnswers =>
  Array.isArray(answer) ? answer.map((held) => (held === null ? undefined : String(held))) : [];
