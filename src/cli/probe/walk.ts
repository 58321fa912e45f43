import type { AccountAnswer, AccountQueries } from '../../jetsms/account-queries.ts';
import type { ProbeStep } from '../../jetsms/assumptions.ts';
import type { Attempt, JetsmsClient, RequestMessage } from '../../jetsms/provider-request.ts';
import type { ReportAnswer, ReportClient, SearchAnswer } from '../../jetsms/reports.ts';
import { describeAnswer, describeAttempt, describeCost, divideRows, type Sent } from './describe.ts';

/** What a step saw. */
export interface Sighting {
  readonly step: ProbeStep;
  /** The step in whose way it was asked, where that is another. */
  readonly as?: ProbeStep;
  /** Since the reply to the message. */
  readonly afterMs: number;
  /** In words, without a number. */
  readonly says: string;
}

export interface Walk {
  readonly client: JetsmsClient;
  readonly reports: ReportClient;
  readonly queries: AccountQueries;
  readonly title: string;
  readonly message: RequestMessage;
  /** An id that was never used. */
  readonly unusedId: string;
  /** A group id that was never given out. */
  readonly unusedGroupId: string;
  readonly repeat: boolean;
  readonly forMs: number;
  readonly now: () => number;
  /** Resolves after so long, or at the stop. */
  readonly wait: (delayMs: number) => Promise<void>;
  readonly stop: AbortSignal;
  /** Told after each exchange that showed something new. */
  readonly see: (sighting: Sighting) => void;
}

/** How a walk ended. */
export interface WalkEnd {
  /** SMS that JetSMS took or may have taken. */
  readonly sent: number;
  readonly end: 'done' | 'stopped' | 'not-sent';
}

/** Waits between two rounds of questions: others have polled every minute; the first seconds tell how soon an id is known. */
const firstWaitMs = 1_000;
const longestWaitMs = 10_000;

/** Sends the message and asks JetSMS about it in every way there is. Throws for nothing that network or provider do. */
export async function walk(steps: Walk): Promise<WalkEnd> {
  const { queries, stop } = steps;
  const before = await queries.credit({ signal: stop });
  if (stop.aborted) return { sent: 0, end: 'stopped' };
  const { attempt, sent } = await send(steps, 'send');
  if (!mayHaveArrived(attempt)) return { sent: 0, end: stop.aborted ? 'stopped' : 'not-sent' };
  const questions = questionsAbout(sent, attempt, steps);
  await askAboutTheUnused(sent, steps);
  await poll(questions, sent, steps);
  const repeated = steps.repeat && !stop.aborted && (await repeat(steps));
  await tellCost(before, sent, steps);
  return { sent: repeated ? 2 : 1, end: stop.aborted ? 'stopped' : 'done' };
}

const mayHaveArrived = ({ outcome }: Attempt): boolean =>
  outcome.kind === 'accepted' || outcome.kind === 'uncertain';

async function send(
  { client, title, message, now, see, stop: signal }: Walk,
  step: ProbeStep,
): Promise<{ readonly attempt: Attempt; readonly sent: Sent }> {
  const attempt = await client.send({ title, messages: [message] }, { signal });
  const at = now();
  see({ step, afterMs: 0, says: describeAttempt(attempt, at) });
  return { attempt, sent: { ...message, at } };
}

/** A way to ask about the message; it need not be asked again once it has said how it ended. */
interface Question {
  readonly step: ProbeStep;
  /** The step in whose way it asks, where that is another. */
  readonly as?: ProbeStep;
  readonly ask: () => Promise<ReportAnswer | SearchAnswer>;
}

function questionsAbout(
  sent: Sent,
  { outcome }: Attempt,
  { reports, title, message: { id, to }, forMs, stop: signal }: Walk,
): readonly Question[] {
  const groupId = outcome.kind === 'accepted' ? outcome.groupId : undefined;
  const { byIds, search } = reports;
  // A minute on both sides, for clocks that differ.
  const times = { fromMs: sent.at - 60_000, toMs: sent.at + forMs + 60_000 };
  return [
    ...(groupId === undefined
      ? []
      : [{ step: 'group-report', ask: () => reports.byGroup(groupId, { signal }) } as const]),
    ...(byIds === undefined ? [] : [{ step: 'own-id', ask: () => byIds([id], { signal }) } as const]),
    ...(search === undefined
      ? []
      : [{ step: 'search', ask: () => search({ number: to, title, ...times }, { signal }) } as const]),
  ];
}

async function askAboutTheUnused(sent: Sent, steps: Walk): Promise<void> {
  const { reports, unusedId, unusedGroupId, stop: signal } = steps;
  const { byIds } = reports;
  await ask({ step: 'unknown-group', ask: () => reports.byGroup(unusedGroupId, { signal }) }, sent, steps);
  if (byIds) await ask({ step: 'unknown-id', ask: () => byIds([unusedId], { signal }) }, sent, steps);
}

/** What a question has told. */
interface Told {
  readonly says: string;
  /** It said how the message ended. */
  readonly isFinal: boolean;
}

/** Asks once, and tells what is new. Undefined where the stop came before. */
async function ask(
  question: Question,
  sent: Sent,
  { now, see, stop }: Walk,
  told = '',
): Promise<Told | undefined> {
  if (stop.aborted) return undefined;
  const answer = await question.ask();
  // What a stop has cut off says nothing of JetSMS.
  if (stop.aborted) return undefined;
  const says = describeAnswer(answer, sent);
  const { step, as } = question;
  if (says !== told) see({ step, ...(as && { as }), afterMs: now() - sent.at, says });
  return { says, isFinal: isFinal(answer, sent) };
}

function isFinal(answer: ReportAnswer | SearchAnswer, sent: Sent): boolean {
  if (answer.kind === 'no-answer') return false;
  const { ours } = divideRows(answer.rows, sent);
  return ours.length > 0 && ours.every(({ state }) => state !== 'pending');
}

/** Asks all of them until each has said how the message ended, or the time is over. */
async function poll(questions: readonly Question[], sent: Sent, steps: Walk): Promise<void> {
  const { now, wait, stop, forMs } = steps;
  const told = new Map<Question, Told>();
  const open = (): readonly Question[] => questions.filter((one) => !told.get(one)?.isFinal);
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    for (const question of open()) {
      const seen = await ask(question, sent, steps, told.get(question)?.says);
      if (seen) told.set(question, seen);
    }
    const leftMs = sent.at + forMs - now();
    if (open().length === 0 || leftMs <= 0 || stop.aborted) return;
    await wait(Math.min(waitMs, leftMs));
  }
}

/** Sends the message again under its id, and asks what there is now. Whether JetSMS took it. */
async function repeat(steps: Walk): Promise<boolean> {
  const { attempt, sent } = await send(steps, 'repeat');
  await steps.wait(Math.min(longestWaitMs, steps.forMs));
  for (const { step, ask: again } of questionsAbout(sent, attempt, steps)) {
    await ask({ step: 'repeat', as: step, ask: again }, sent, steps);
  }
  return mayHaveArrived(attempt);
}

async function tellCost(before: AccountAnswer<number>, sent: Sent, { queries, now, see, stop }: Walk) {
  if (stop.aborted) return;
  const after = await queries.credit({ signal: stop });
  if (!stop.aborted)
    see({ step: 'credit', afterMs: now() - sent.at, says: describeCost(before, after, sent.at) });
}
