import { lanes } from '../message/lane.ts';
import { isoTime, type JobView, jobView, providerWords } from '../operator/dead-letters/view.ts';
import { meaningOfDeath } from '../queue/dead-letter-meaning.ts';
import type { Asking, HistoryEntry, JobResult, Journal, Settled } from '../queue/journal.ts';
import { parseJobResult, parseJournal } from '../queue/parse-journal.ts';
import { parseSendJob, type SendJob } from '../queue/send-job.ts';
import { parseDeadLetter, type StoredDeadLetter, sizeOf } from '../queue/stored-dead-letter.ts';
import { withoutNumbers, withoutWordsOf } from './mask.ts';
import { certainty, codeWord, counted, plain } from './words.ts';

/**
 * What the board shows of our jobs. Every view is built from fields that we know; nothing is copied, so what
 * nobody thought of cannot be shown.
 */
type View = Readonly<Record<string, unknown>>;

/** Whose content is not shown because nobody knows what it is. */
const strange: View = { notShown: 'this is no job of ours, or one of a newer version' };

/** Of a campaign's recipients so many are listed. */
const listedRecipients = 5;

/** The data of a job in an account's queue. */
export function sendJobData(data: unknown): View {
  const parsed = parseSendJob(data);
  return parsed.ok ? sendJobView(parsed.job) : { ...strange, problem: parsed.problem };
}

function sendJobView(job: SendJob): View {
  const { to, textLength, title, ...view }: JobView = jobView(job);
  const more = to.length - listedRecipients;
  return {
    ...view,
    title: withoutNumbers(title),
    recipients: `${to.slice(0, listedRecipients).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    textHidden: counted(textLength, 'character'),
  };
}

/** The data of a job in a dead-letter queue. */
export function deadLetterData(data: unknown): View {
  const stored = parseDeadLetter('', data);
  const { letter, job } = stored;
  const said = providerWords(letter);
  return {
    reason: letter.reason,
    ...(letter.code === undefined ? {} : { code: codeWord(letter.code) }),
    meaning: deathWords(stored),
    ...(said === undefined ? {} : { providerWords: said }),
    mayHaveArrived: letter.reason === 'uncertain' || letter.mayHaveArrived === true,
    diedAt: isoTime(letter.diedAt),
    attempts: letter.history.map(attemptLine),
    message: job.ok ? sendJobView(job.job) : strange,
  };
}

function deathWords(stored: StoredDeadLetter): string {
  const { reason, code, row, text, mayHaveArrived } = stored.letter;
  const facts = {
    reason,
    ...(code === undefined ? {} : { code: codeWord(code) }),
    ...(row === undefined ? {} : { row }),
    ...(text === undefined ? {} : { text: withoutWordsOf(text, ownTexts(stored)) }),
    ...(mayHaveArrived ? { mayHaveArrived } : {}),
  };
  return withoutNumbers(meaningOfDeath(facts));
}

/** The texts that must not come back in other people's words; all strings of a job that cannot be read. */
function ownTexts({ job, letter, problem }: StoredDeadLetter): readonly string[] {
  if (problem !== undefined) return [];
  if (!job.ok) return stringsIn(letter.job);
  const { text, to, media } = job.job;
  return [text, to, media?.subject ?? ''].flat();
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** The progress of a job: where the message stands, and its way so far. */
export function journalView(progress: unknown): View {
  const read = parseJournal(progress);
  if (!read.ok) return { now: unreadableWords, problem: read.problem };
  const { attempts, resends, notBefore, settled, history } = read.journal;
  return {
    now: standing(read.journal),
    ...count('attempts', attempts),
    ...count('resends', resends),
    ...(notBefore === undefined ? {} : { nextTryNotBefore: isoTime(notBefore) }),
    ...(settled?.end === 'accepted' ? groupIdIn(settled) : {}),
    history: history.map(attemptLine),
  };
}

const unreadableWords = 'a journal that cannot be read';

const count = (name: string, value: number): View => (value > 0 ? { [name]: value } : {});

/** Nothing where JetSMS gave no id; `?` where something else lies in its place. */
const groupIdIn = ({ groupId }: { readonly groupId?: string }): View => {
  if (groupId === undefined) return {};
  return { groupId: /^\d{9,25}$/.test(groupId) ? groupId : '?' };
};

/** Where a message stands, in one line. */
export function standing({ settled, sending, asking, history }: Journal): string {
  if (settled) return settledWords(settled);
  if (sending) return `being sent since ${isoTime(sending.at)} by ${plain(sending.worker)}`;
  if (asking) return askingWords(asking);
  const last = history.at(-1);
  return last ? certainty(last.outcome, last.code) : 'not tried yet';
}

const askingWords = ({ cause, asked, until }: Asking): string =>
  `${certainty('uncertain', cause)}; JetSMS is asked until ${isoTime(until)}, ${asked} times so far`;

function settledWords(settled: Settled): string {
  switch (settled.end) {
    case 'accepted':
      return settled.late ? 'accepted 00, by a late reply' : 'accepted 00';
    case 'split':
      return 'divided into smaller requests';
    case 'dead':
      return `dead letter: ${deadWords(settled)}`;
  }
}

/** Without the provider's words: what they quote cannot be told here, where the message itself is not at hand. */
function deadWords({ reason, code }: Settled & { readonly end: 'dead' }): string {
  const facts = { reason, ...(code === undefined ? {} : { code: codeWord(code) }) };
  return `${[reason, facts.code].filter(Boolean).join(' ')}: ${meaningOfDeath(facts)}`;
}

/** One request, in one line. */
function attemptLine({ n, at, outcome, code, verdict, durationMs, worker, late }: HistoryEntry): string {
  return [
    `${n}. ${isoTime(at)} ${certainty(outcome, code)} → ${plain(verdict)}`,
    ...(durationMs === undefined ? [] : [`in ${durationMs} ms`]),
    ...(worker === undefined ? [] : [`by ${plain(worker)}`]),
    ...(late ? ['(late reply)'] : []),
  ].join(' ');
}

/** Why a job ended without a request, of which its journal knows nothing. */
const unsentWords: Readonly<Record<JobResult['end'], string | undefined>> = {
  accepted: undefined,
  split: undefined,
  duplicate: 'not sent, its idempotency key had been used before',
  cancelled: 'called off',
};

/** What the list of jobs shows of one. */
export interface Titled {
  readonly name?: unknown;
  readonly data?: unknown;
  readonly progress?: unknown;
  readonly returnvalue?: unknown;
}

/** The name of a job in an account's queue: `otp, 1 message, 2 parts: not tried yet`. */
export function sendJobName({ data, progress, returnvalue }: Titled): string {
  const parsed = parseSendJob(data);
  if (!parsed.ok) return 'no send job of ours';
  const unsent = unsentWords[parseJobResult(returnvalue)?.end ?? 'split'];
  if (unsent !== undefined) return `${sizeWords(parsed.job)}: ${unsent}`;
  const read = parseJournal(progress);
  return `${sizeWords(parsed.job)}: ${read.ok ? standing(read.journal) : unreadableWords}`;
}

/** The name of a dead letter: `uncertain: it may have arrived: no reply came in time (otp, 1 message, 1 part)`. */
export function deadLetterName({ data }: Titled): string {
  const stored = parseDeadLetter('', data);
  const { letter, job } = stored;
  const code = letter.code === undefined ? '' : ` ${codeWord(letter.code)}`;
  const size = job.ok ? sizeWords(job.job) : counted(sizeOf(stored).messages, 'message');
  return `${letter.reason}${code}: ${deathWords(stored)} (${size})`;
}

const sizeWords = ({ lane, to, parts }: SendJob): string =>
  [lanes.find((one) => one === lane), counted(to.length, 'message'), counted(parts, 'part')].join(', ');

/** What a job ended with, as the worker returns it. */
export function returnView(value: unknown): View | null {
  if (typeof value !== 'object' || value === null) return null;
  const result = parseJobResult(value);
  return result ? { end: result.end, ...groupIdIn(result) } : strange;
}
