import type { MessageTrace, TracedMessage } from '../../operator/dead-letters/trace.ts';
import {
  type DeadLetterView,
  type HistoryView,
  historyView,
  isoTime,
  type JobView,
  jobView,
  letterView,
  type ViewOptions,
} from '../../operator/dead-letters/view.ts';
import { meaningOfCode, meaningOfDeath } from '../../queue/dead-letter-meaning.ts';
import type { DeathFacts, Journal, Settled } from '../../queue/journal.ts';
import { layOutColumns } from './columns.ts';
import { counted, recipients } from './dead-letters.ts';

/** All that is known of a message, as people may see it. */
export interface TraceView extends TracedMessage {
  readonly letter: DeadLetterView | null;
  /** Why it was given up, as far as its dead letter or its journal can tell. */
  readonly death: { readonly reason: string; readonly code: string | null; readonly meaning: string } | null;
  /** The send job as the account's queue keeps it, or as it lies in the dead letter. */
  readonly job: JobView | null;
  /** Null where nothing is kept of it. */
  readonly history: readonly HistoryView[] | null;
  /** A worker has it, or had it when it died: a request may be under way, of which the history knows nothing yet. */
  readonly mayBeUnderWay: boolean;
  /** JetSMS is asked whether it has it, since its last request got no answer. Times are ISO 8601. */
  readonly asking: {
    readonly since: string;
    readonly cause: string;
    readonly until: string;
    readonly asked: number;
  } | null;
  /** What is wrong with its journal, where that cannot be read. */
  readonly journalProblem: string | null;
  readonly groupId: string | null;
  readonly origins: readonly TracedMessage[];
  readonly replays: readonly TracedMessage[];
  readonly pieces: readonly TracedMessage[];
}

export function traceView(trace: MessageTrace, options: ViewOptions): TraceView {
  const { id, state, letter, job, origins, replays, pieces } = trace;
  const view = letter ? letterView(letter, options) : null;
  const journal = job?.journal.ok ? job.journal.journal : undefined;
  const settled = journal?.settled;
  return {
    ...{ id, state },
    letter: view,
    death: deathView(letter?.letter ?? (settled?.end === 'dead' ? settled : undefined)),
    job: view?.job ?? (job ? keptJobView(job, options) : null),
    history: view?.history ?? (journal ? historyView(journal.history) : null),
    mayBeUnderWay: state === 'active' || journal?.sending !== undefined,
    asking: askingView(journal),
    journalProblem: journalProblemOf(job),
    groupId: groupIdOf(settled),
    ...{ origins, replays, pieces },
  };
}

const journalProblemOf = (job: MessageTrace['job']): string | null =>
  job && !job.journal.ok ? job.journal.problem : null;

const keptJobView = ({ job }: NonNullable<MessageTrace['job']>, options: ViewOptions): JobView | null =>
  job.ok ? jobView(job.job, options) : null;

function askingView(journal: Journal | undefined): TraceView['asking'] {
  const { asking, settled } = journal ?? {};
  if (!asking || settled) return null;
  return { ...asking, since: isoTime(asking.since), until: isoTime(asking.until) };
}

const askingWords = ({ since, until, asked }: NonNullable<TraceView['asking']>): string =>
  `whether it was taken: the request of ${since} got no answer; ${counted(asked, 'question')} so far, until ${until}`;

const groupIdOf = (settled: Settled | undefined): string | null =>
  settled?.end === 'accepted' ? (settled.groupId ?? null) : null;

function deathView(facts: DeathFacts | undefined): TraceView['death'] {
  if (!facts) return null;
  return { reason: facts.reason, code: facts.code ?? null, meaning: meaningOfDeath(facts) };
}

/** One message for people: what it is, why it died, what was tried, where it came from and went. */
export function renderTrace(view: TraceView, width: number): readonly string[] {
  const facts = [...stateFacts(view), ...jobFacts(view.job), ...chainFacts(view)];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
  return [...layOutColumns(known, width), ...renderHistory(view, width)];
}

type Fact = readonly [string, string | undefined];

function stateFacts({
  id,
  state,
  letter,
  death,
  groupId,
  asking,
  journalProblem,
}: TraceView): readonly Fact[] {
  return [
    ['id', id],
    ['state', state],
    ['group id', groupId ?? undefined],
    ['JetSMS is asked', asking ? askingWords(asking) : undefined],
    ['reason', death?.reason],
    ['code', death?.code ?? undefined],
    ['meaning', death?.meaning],
    ['JetSMS said', saidWords(letter)],
    ['may have arrived', letter?.mayHaveArrived ? 'yes' : undefined],
    ['died', letter?.diedAt],
    ['piece of', letter?.pieceOf],
    ['unreadable', journalProblem ?? undefined],
  ];
}

function saidWords(letter: DeadLetterView | null): string | undefined {
  const said = letter?.providerText;
  return said?.endsWith('…') ? `${said} (--reveal shows it all)` : said;
}

function jobFacts(job: JobView | null): readonly Fact[] {
  if (!job) return [];
  return [
    ['account', job.account],
    ['lane', job.lane],
    ['title', job.title],
    ['to', recipients(job.to)],
    ['text', textOf(job)],
    ['media', job.media ? `${job.media.contentType}, ${counted(job.media.bytes, 'byte')}` : undefined],
    ['size', `${counted(job.messages, 'message')}, ${counted(job.parts, 'SMS part')}`],
    ['when uncertain', [job.whenUncertain, job.whenNotFound].filter(Boolean).join(', else ')],
    ['enqueued', job.enqueuedAt],
    ['deadline', job.deadlineAt],
  ];
}

function textOf({ text, textLength }: JobView): string {
  if (text === undefined) return `${textLength} characters (--reveal shows it)`;
  return typeof text === 'string' ? text : text.join(' | ');
}

function chainFacts({ origins, replays, pieces }: TraceView): readonly Fact[] {
  return [
    ['repeats', chain(origins)],
    ['replayed as', chain(replays)],
    ['divided into', chain(pieces)],
  ];
}

const chain = (messages: readonly TracedMessage[]): string =>
  messages.map(({ id, state }) => `${id} (${state})`).join(', ');

function renderHistory(view: TraceView, width: number): readonly string[] {
  const { history } = view;
  if (history === null) return [];
  if (history.length === 0) return ['', withoutHistory(view)];
  const head = ['', 'AT', 'OUTCOME', 'CODE', 'VERDICT', 'MS', 'WORKER', 'MEANING'];
  const rows = history.map((entry) => [
    ...[String(entry.n), entry.at, entry.late ? `${entry.outcome} (late)` : entry.outcome, entry.code],
    ...[
      entry.verdict,
      String(entry.durationMs ?? '-'),
      entry.worker ?? '-',
      meaningOfCode(entry.code, entry.row),
    ],
  ]);
  return ['', ...layOutColumns([head, ...rows], width), ...(view.mayBeUnderWay ? ['', underWay] : [])];
}

const underWay = 'A request may be under way; what comes of it is not known yet.';

function withoutHistory({ letter, asking, mayBeUnderWay }: TraceView): string {
  if (letter?.mayHaveArrived || asking) return 'Whether a request was made is not known.';
  return mayBeUnderWay ? underWay : 'No request was made.';
}
