import { backToWait } from '../bullmq/moves.ts';
import type { JobResult, Journal } from '../queue/journal.ts';
import { type SendJob, textAt, wireIdAt } from '../queue/send-job.ts';
import type { Asker, Doubt, NotAsked } from './asking/asker.ts';
import type { RequestContext } from './delivery.ts';
import { recordAndSettle } from './end-without-request.ts';
import type { KnownJob, SettleContext } from './known-job.ts';
import { delayUntil } from './settle.ts';
import { type Answer, decideAsked } from './verdict/decide.ts';
import { onWholeJob, piecesByFate } from './verdict/division.ts';
import { afterQuestion, type QuestionFacts, resentBy } from './verdict/journal-entries.ts';
import { fullJitter } from './verdict/schedules.ts';
import { type AskAbility, uncertainPolicy } from './verdict/uncertain-policy.ts';
import type { OneVerdict, Verdict } from './verdict/verdict.ts';

/** What asking about a message needs of the world. */
export interface AskContext extends SettleContext, Pick<RequestContext, 'worker' | 'maxResends' | 'random'> {
  readonly ability: AskAbility;
  readonly asker: Pick<Asker, 'ask'>;
}

/** How long a job waits whose question found no place; half as long to twice as long. */
const busyMs = 5_000;
const busyOtpMs = 1_000;

/**
 * Asks JetSMS about the messages of a job whose last request got no answer, and does what follows: found, they are
 * accepted; else they are asked about again, until the time for that is over. Whatever is still asked about sends nothing.
 * @param journal with its `asking`
 */
export async function askAbout(known: KnownJob, journal: Journal, context: AskContext): Promise<JobResult> {
  const answers = await answersAbout(known, journal, context);
  if (answers === 'stopped') return backToWait(known);
  if (answers === 'busy') return delayUntil(known, context.now() + busyDelayMs(known, context), context);
  const { id, job, sendJob } = known;
  const { since, cause, asked } = journal.asking ?? unknownRequest;
  const now = context.now();
  const verdict = verdictOn(sendJob, journal, answers, { ...context, now: () => now });
  const facts = { verdict, now, worker: context.worker, ...inWords(answers) };
  const next = { ...afterQuestion(journal, facts), stalls: job.stalledCounter || journal.stalls };
  return recordAndSettle(known, { verdict, journal: next }, context, () =>
    context.telemetry.asked({
      id,
      job: sendJob,
      found: countOf(answers, 'found'),
      notFound: countOf(answers, 'not-found'),
      noAnswer: countOf(answers, 'no-answer'),
      asked: asked + 1,
      cause,
      verdict,
      sinceMs: now - since,
      resent: resentBy(verdict, journal),
    }),
  );
}

/** Never seen: a job is asked about only where its journal says why. */
const unknownRequest = { since: 0, cause: 'crash', until: 0, asked: 0 } as const;

/** Whoever cannot ask any more (the account's settings have changed) has no answer. */
async function answersAbout(
  { id, sendJob }: KnownJob,
  journal: Journal,
  { ability, asker, now }: AskContext,
): Promise<readonly Answer[] | NotAsked> {
  if (!uncertainPolicy(sendJob, ability).asks) return sendJob.to.map(() => ({ kind: 'no-answer' }));
  const isLast = now() >= (journal.asking?.until ?? 0);
  return asker.ask(doubtsOf(id, sendJob, journal), { goesFirst: sendJob.lane === 'otp', isLast });
}

function doubtsOf(id: string, job: SendJob, journal: Journal): readonly Doubt[] {
  const { asking: { since } = unknownRequest, resends: latest } = journal;
  // Had one of the requests before been taken, the message would be with JetSMS, too.
  const requests = Array.from({ length: latest + 1 }, (_, n) => ({ resends: latest - n }));
  const names = job.to.map((to, index) => JSON.stringify([to, textAt(job, index)]));
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return job.to.map((to, index) => ({
    wireIds: requests.map((used) => wireIdAt(id, job, index, used)),
    to,
    title: job.title,
    text: textAt(job, index),
    since,
    isUnique: counts.get(names[index] ?? '') === 1,
  }));
}

function busyDelayMs({ sendJob }: KnownJob, { random }: AskContext): number {
  const halfMs = (sendJob.lane === 'otp' ? busyOtpMs : busyMs) / 2;
  return halfMs + fullJitter(3 * halfMs, random());
}

/** One verdict where all messages came to the same, else a piece for each fate. */
function verdictOn(
  job: SendJob,
  journal: Journal,
  answers: readonly Answer[],
  { ability, maxResends, now, random }: AskContext,
): Verdict {
  const { deadlineAt } = job;
  const { asking = unknownRequest, resends } = journal;
  const policy = uncertainPolicy(job, ability);
  const situation = { policy, asking, resends, maxResends, deadlineAt, now: now(), random: random() };
  const verdicts = answers.map((answer): OneVerdict => decideAsked({ ...situation, answer }));
  const [first] = verdicts;
  if (first && piecesByFate(verdicts, journal).length === 1)
    return onWholeJob(first, job, journal, situation.now);
  return { kind: 'split', rule: 'asked', pieces: piecesByFate(verdicts, journal, job) };
}

/** How the history says what was answered. */
function inWords(answers: readonly Answer[]): Pick<QuestionFacts, 'outcome' | 'code'> {
  const found = answers.find((answer) => answer.kind === 'found');
  if (found && answers.every(({ kind }) => kind === 'found'))
    return { outcome: 'accepted', code: `found-${found.status}` };
  if (found) return { outcome: 'uncertain', code: 'part-found' };
  return { outcome: 'uncertain', code: countOf(answers, 'not-found') > 0 ? 'not-found' : 'no-answer' };
}

const countOf = (answers: readonly Answer[], kind: Answer['kind']): number =>
  answers.filter((answer) => answer.kind === kind).length;
