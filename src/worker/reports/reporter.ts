import type { ReportClient } from '../../jetsms/reports.ts';
import { parseWaiting, type WaitingReport } from '../../queue/waiting-report.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Control } from '../asking/control.ts';
import type { Telemetry } from '../telemetry.ts';
import type { AcceptFound } from './accept-found.ts';
import type { Answer } from './answers.ts';
import { askReports } from './ask-reports.ts';
import { isOver, isOverWithoutAnswer, nextQuestionAt } from './intervals.ts';
import { type Learned, learnedOf, writeOf } from './learned.ts';
import type { ReportStore, ReportWrite } from './report-store.ts';
import { createBackOff, createTurns, type Turns } from './turns.ts';

/** Asks what became of an account's accepted messages, for all workers together: each question by one of them. */
export interface Reporter {
  start(): void;
  /** Asks no more, and lets others ask at once what was being asked. Waits for what is being written. */
  stop(): Promise<void>;
}

export interface ReporterOptions {
  readonly store: ReportStore;
  readonly client: ReportClient;
  readonly control: Control | undefined;
  readonly acceptFound: AcceptFound;
  readonly account: Pick<
    AccountSettings,
    'reportFirstMs' | 'reportIntervalMs' | 'reportForMs' | 'requestTimeoutMs'
  >;
  readonly secret: () => Promise<string>;
  readonly telemetry: Pick<
    Telemetry,
    'reported' | 'reportQuestion' | 'foundLate' | 'strangeReports' | 'redis'
  >;
  /** Messages are on their way or wait for their turn: they go first. */
  readonly isBusy: () => boolean;
  /** The account stands still for a reason for which JetSMS would not answer either. */
  readonly isRefused: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** 0 ≤ random < 1 */
  readonly random: () => number;
}

/** Our choice: questions under way at a time in one process, for which the report client has connections of its own. */
const questionsAtOnce = 4;

/** How often a worker looks for what is due; more is due sooner only after a restart of another worker. */
const lookMs = 1_000;

export function createReporter(options: ReporterOptions): Reporter {
  const { store, telemetry } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const backOff = createBackOff();
  const turns = createTurns(options, signal, backOff);
  const underWay = new Set<Promise<void>>();
  let running: Promise<void> = Promise.resolve();

  /** Whatever went wrong: the lease runs out, and the jobs are asked about again. */
  const report = (error: unknown): void => {
    if (!signal.aborted) telemetry.redis(error);
  };
  const begin = (members: readonly string[]): void => {
    const task = handle(members, options, turns).catch(report);
    underWay.add(task);
    void task.then(() => underWay.delete(task));
  };
  const look = async (): Promise<void> => {
    if (underWay.size >= questionsAtOnce) await Promise.race(underWay);
    await turns.yieldToMessages();
    await turns.pause(backOff.pauseMs());
    if (signal.aborted) return;
    const taking = await store.take(turns.leaseMs);
    if (taking.kind === 'taken') begin(taking.members);
    else await turns.pause(Math.min(lookMs, Math.max(1, taking.inMs ?? lookMs)));
  };
  const lookOnAndOn = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch(async (error) => {
        report(error);
        await turns.pause(lookMs);
      });
    }
  };

  return {
    start() {
      running = lookOnAndOn();
    },
    async stop() {
      stopping.abort();
      await Promise.all([running, ...underWay]);
    },
  };
}

/** Asks about the jobs that were taken together, and writes what was learned. */
async function handle(members: readonly string[], options: ReporterOptions, turns: Turns): Promise<void> {
  const { store, telemetry, isRefused } = options;
  const jobs = members.map((member) => ({ member, waiting: parseWaiting(member) }));
  const strange = jobs.flatMap(({ member, waiting }) => (waiting ? [] : [member]));
  if (strange.length > 0) telemetry.strangeReports(strange.length);
  await store.drop(strange);
  const known = jobs.flatMap(({ member, waiting }) => (waiting ? [{ member, waiting }] : []));
  const answers = isRefused() ? [] : await answersAbout(known, options, turns);
  if (turns.signal.aborted) return store.giveBack(members);
  const answered = known.map((one, index) => ({ ...one, answer: answers[index] ?? { states: [] } }));
  // The same chance for all: what was asked about together stays together.
  const moment = { now: options.now(), random: options.random() };
  await writeReports(answered.filter(isAccepted), moment, options);
  for (const one of answered) if (!isAccepted(one)) await settleUncertain(one, moment, options);
}

const isAccepted = ({ waiting }: DueJob): boolean => waiting.kind === 'accepted';

function answersAbout(
  jobs: readonly DueJob[],
  options: ReporterOptions,
  turns: Turns,
): Promise<readonly Answer[]> {
  const members = jobs.map(({ member }) => member);
  return askReports(
    jobs.map(({ waiting }) => waiting),
    {
      ...options,
      signal: turns.signal,
      mayGoOn: () => turns.mayGoOn(members),
      onQuestion: turns.onQuestion,
    },
  );
}

interface DueJob {
  readonly member: string;
  readonly waiting: WaitingReport;
}

interface AnsweredJob extends DueJob {
  readonly answer: Answer;
}

interface Moment {
  readonly now: number;
  readonly random: number;
}

async function writeReports(
  jobs: readonly AnsweredJob[],
  moment: Moment,
  { store, account, telemetry }: ReporterOptions,
): Promise<void> {
  const learned = jobs.map(({ waiting, answer }) => learnedOf(waiting, answer, account, moment.now));
  const told = jobs.filter((_, index) => (learned[index]?.size ?? 0) > 0);
  const texts = await store.endsOf(told.map(({ waiting }) => waiting));
  const textOf = new Map(told.map(({ member }, index) => [member, texts[index]] as const));
  const facts = jobs.map(({ member, waiting }, index) => ({
    member,
    waiting,
    learned: learned[index] ?? (new Map() as Learned),
    endText: textOf.get(member),
  }));
  const writes: readonly ReportWrite[] = facts.map((one) => writeOf(one, account, moment));
  const written = await store.write(writes);
  for (const [index, { waiting, learned: found }] of facts.entries())
    if (written[index] && found.size > 0) telemetry.reported({ waiting, learned: found, now: moment.now });
}

/** What was given up stays so until JetSMS says that it has all of its messages, as it says of no other. */
async function settleUncertain(
  { member, waiting, answer }: AnsweredJob,
  { now, random }: Moment,
  { store, account, control, acceptFound, telemetry }: ReporterOptions,
): Promise<void> {
  const { job, lane, endedAt } = waiting;
  const { found, states } = answer;
  if (found && (await control?.isTrustworthy(found.id))) {
    const acceptance = await acceptFound({ id: job, lane, status: found.status }).catch(
      // It keeps nothing from the others: it is asked about again.
      (error: unknown) => void telemetry.redis(error),
    );
    if (acceptance !== undefined) {
      telemetry.foundLate({ id: job, lane, status: found.status, acceptance });
      return store.drop([member]);
    }
  }
  const isAnswered = states.some((state) => state !== undefined);
  const isPast = isAnswered ? isOver(endedAt, account, now) : isOverWithoutAnswer(endedAt, account, now);
  if (isPast) return store.drop([member]);
  await store.putOff(member, nextQuestionAt(endedAt, account, now, random));
}
