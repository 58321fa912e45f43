import type { AccountAnswer } from '../../jetsms/account-queries.ts';
import { lanes } from '../../message/lane.ts';
import { type SurfaceName, surfaceFacts } from '../../message/surface.ts';
import { type JobState, jobStates } from '../../metrics/labels.ts';
import { isoTime } from '../../operator/dead-letters/view.ts';
import { soonHours } from '../../worker/account/credit/forecast.ts';
import type { AccountState } from '../account-state.ts';
import { layOutColumns, wrap } from './columns.ts';
import { type HoldView, holdView } from './holds.ts';

/** An account as people may see it; null where something is not known. */
export interface AccountView {
  readonly account: string;
  readonly surface: SurfaceName;
  readonly credit: {
    readonly left: number | null;
    /** Code, HTTP status or cause, where JetSMS does not tell. */
    readonly why: string | null;
    readonly usedPerHour: number | null;
    readonly hoursLeft: number | null;
    /** ISO 8601. */
    readonly endsAt: string | null;
    readonly coversWaiting: boolean | null;
  };
  /** The title of the settings, and those that JetSMS has approved. */
  readonly title: string;
  readonly titles: readonly string[] | null;
  readonly hold: HoldView;
  /** Limits of the settings; 0 = none. */
  readonly rates: { readonly messagesPerSecond: number; readonly requestsPerSecond: number };
  /** Jobs by state, and dead letters. */
  readonly queue: Readonly<Record<string, number>>;
  readonly waiting: {
    readonly jobs: number;
    readonly messages: number;
    readonly parts: number;
    readonly isEstimate: boolean;
  };
  readonly warnings: readonly string[];
}

export function accountView(state: AccountState): AccountView {
  const { account, credit, titles, queue, waiting, forecast } = state;
  const { name, surface, title, messagesPerSecond, requestsPerSecond } = account;
  return {
    account: name,
    surface,
    credit: {
      left: credit.kind === 'answer' ? credit.value : null,
      why: whyNot(credit),
      usedPerHour: rounded(forecast?.usedPerHour),
      hoursLeft: rounded(forecast?.hoursLeft),
      endsAt: forecast?.endsAt === undefined ? null : isoTime(forecast.endsAt),
      coversWaiting: forecast?.coversWaiting ?? null,
    },
    title,
    titles: titles.kind === 'answer' ? titles.value : null,
    hold: holdView(state.hold),
    rates: { messagesPerSecond, requestsPerSecond },
    queue: { ...jobsOf(queue), dead: queue.jobs.dead.waiting ?? 0, uncertain: queue.uncertainOpen ?? 0 },
    waiting,
    warnings: warningsOf(state),
  };
}

/** Send jobs of all lanes together, by state. */
function jobsOf({ jobs }: AccountState['queue']): Readonly<Partial<Record<JobState, number>>> {
  const sums: Partial<Record<JobState, number>> = {};
  for (const lane of lanes)
    for (const state of jobStates) sums[state] = (sums[state] ?? 0) + (jobs[lane][state] ?? 0);
  return sums;
}

/** What somebody should look at, one sentence each. */
function warningsOf({ account, credit, titles, waiting, forecast }: AccountState): readonly string[] {
  const warnings: string[] = [];
  const why = whyNot(credit);
  if (why) warnings.push(`JetSMS does not tell the credit (${why}).`);
  if (forecast && !forecast.coversWaiting) {
    warnings.push(`The credit does not cover what waits: ${waiting.parts} SMS parts.`);
  }
  if ((forecast?.hoursLeft ?? soonHours) < soonHours) {
    warnings.push(`At the present rate the credit ends within ${soonHours} hours.`);
  }
  if (account.title !== '' && titles.kind === 'answer' && !titles.value.includes(account.title)) {
    warnings.push(`The account has no title ${account.title}: messages will get code 12.`);
  }
  return warnings;
}

function whyNot(answer: AccountAnswer<unknown>): string | null {
  if (answer.kind === 'answer') return null;
  const { why } = answer;
  if (why.kind !== 'refused') return why.cause;
  return why.by === 'code' ? `code ${why.code}` : `http-${why.status}`;
}

const rounded = (value: number | undefined): number | null =>
  value === undefined ? null : Math.round(value * 10) / 10;

/** The account for people. */
export function renderAccount(view: AccountView, width: number): readonly string[] {
  const { account, surface, title, titles, hold, rates, waiting, warnings } = view;
  const rows = [
    ['account', `${account}, over ${surfaceFacts[surface].title}`],
    ['credit', creditInWords(view)],
    ['titles', titles === null ? 'JetSMS does not tell' : titles.join(', ') || 'none'],
    ['title', title === '' ? 'none of the settings; each message names its own' : title],
    [
      'hold',
      hold.reason === null ? 'none' : [hold.reason, hold.mode, hold.meaning].filter(Boolean).join(', '),
    ],
    ['rates', ratesInWords(rates)],
    ['waiting', waitingInWords(waiting)],
    ['queue', queueInWords(view.queue)],
  ];
  return [
    ...layOutColumns(rows, width),
    ...warnings.flatMap((warning) => wrap(`warning: ${warning}`, width)),
  ];
}

function creditInWords({ credit }: AccountView): string {
  const { left, usedPerHour, hoursLeft, endsAt } = credit;
  if (left === null) return 'not known';
  if (usedPerHour === null) return `${left}; too few readings to tell how long it lasts`;
  if (hoursLeft === null) return `${left}; nothing is used at present`;
  return `${left}; ${usedPerHour} an hour, so until ${endsAt} (${hoursLeft} hours)`;
}

function ratesInWords({ messagesPerSecond, requestsPerSecond }: AccountView['rates']): string {
  const limits = [
    messagesPerSecond > 0 ? `${messagesPerSecond} messages a second` : '',
    requestsPerSecond > 0 ? `${requestsPerSecond} requests a second` : '',
  ].filter(Boolean);
  return limits.length === 0 ? 'no limit of ours' : `at most ${limits.join(', ')}`;
}

function waitingInWords({ jobs, messages, parts, isEstimate }: AccountView['waiting']): string {
  if (jobs === 0) return 'nothing';
  const about = isEstimate ? 'about ' : '';
  return `${about}${messages} messages, ${about}${parts} SMS parts`;
}

const queueInWords = (queue: AccountView['queue']): string =>
  Object.entries(queue)
    .filter(([, jobs]) => jobs > 0)
    .map(([state, jobs]) => `${jobs} ${state}`)
    .join(', ') || 'empty';
