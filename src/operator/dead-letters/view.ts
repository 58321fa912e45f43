import { knownWords } from '../../codes/index.ts';
import { maskNumber } from '../../message/number.ts';
import { withoutAsking } from '../../message/uncertain.ts';
import { meaningOfDeath } from '../../queue/dead-letter-meaning.ts';
import type { DeathFacts, HistoryEntry } from '../../queue/journal.ts';
import type { Origin, ParsedSendJob, SendJob } from '../../queue/send-job.ts';
import { type StoredDeadLetter, sizeOf } from '../../queue/stored-dead-letter.ts';

/** A send job as people may see it: numbers masked, texts left out, unless they are to be revealed. */
export interface JobView {
  readonly account: string;
  readonly lane: string;
  readonly title: string;
  readonly to: readonly string[];
  /** Only where it is revealed. */
  readonly text?: string | readonly string[];
  /** Of an MMS: what it carries. */
  readonly media?: { readonly contentType: string; readonly bytes: number; readonly subject?: string };
  /** Characters of the longest text. */
  readonly textLength: number;
  readonly messages: number;
  readonly parts: number;
  readonly whenUncertain: string;
  /** With `ask`: what happens where asking comes to nothing. */
  readonly whenNotFound?: string;
  /** ISO 8601, as all times of a view. */
  readonly enqueuedAt: string;
  readonly deadlineAt: string;
  readonly origin?: Origin;
}

/** A dead letter as people may see it. */
export interface DeadLetterView {
  readonly id: string;
  readonly reason: string;
  readonly code?: string;
  /** Reason and code in words. */
  readonly meaning: string;
  /** JetSMS's own words; where they are not revealed, as far as the tables know them. */
  readonly providerText?: string;
  readonly mayHaveArrived: boolean;
  /** The send job that it was a part of, where that was divided. */
  readonly pieceOf?: string;
  readonly enqueuedAt: string;
  readonly diedAt: string;
  readonly messages: number;
  readonly parts: number;
  readonly history: readonly HistoryView[];
  /** Missing where the job cannot be read. */
  readonly job?: JobView;
  /** The whole job as it lay in the queue; only where it is revealed and cannot be read. */
  readonly unreadableJob?: unknown;
}

export type HistoryView = Omit<HistoryEntry, 'at'> & { readonly at: string };

export interface ViewOptions {
  /** Numbers and texts in full. */
  readonly reveal?: boolean;
}

/** A letter fit to be shown. */
export function letterView(stored: StoredDeadLetter, options: ViewOptions = {}): DeadLetterView {
  const { id, letter, job } = stored;
  const { reason, code } = letter;
  const said = providerWords(letter, options);
  return {
    id,
    reason,
    ...(code === undefined ? {} : { code }),
    meaning: meaningOfDeath(letter),
    ...(said === undefined ? {} : { providerText: said }),
    mayHaveArrived: letter.mayHaveArrived === true,
    ...(letter.pieceOf === undefined ? {} : { pieceOf: letter.pieceOf }),
    enqueuedAt: isoTime(letter.enqueuedAt),
    diedAt: isoTime(letter.diedAt),
    ...sizeOf(stored),
    history: historyView(letter.history),
    ...jobOrNothing(job, letter.job, options),
  };
}

/**
 * What JetSMS said, fit to be shown. Its words may quote numbers and texts, in whatever form, so only those are shown
 * that the tables know. Undefined where it said nothing; of an invalid job the text is our own.
 */
export function providerWords(
  { reason, code, text }: DeathFacts,
  { reveal = false }: ViewOptions = {},
): string | undefined {
  if (text === undefined || reason === 'invalid') return undefined;
  return reveal ? text : knownWords(String(code), String(text));
}

function jobOrNothing(
  parsed: ParsedSendJob,
  raw: unknown,
  options: ViewOptions,
): Pick<DeadLetterView, 'job' | 'unreadableJob'> {
  if (parsed.ok) return { job: jobView(parsed.job, options) };
  return options.reveal ? { unreadableJob: raw } : {};
}

/** A send job fit to be shown. */
export function jobView(job: SendJob, { reveal = false }: ViewOptions = {}): JobView {
  const texts = typeof job.text === 'string' ? [job.text] : job.text;
  return {
    account: job.account,
    lane: job.lane,
    title: job.title,
    to: reveal ? job.to : job.to.map(maskNumber),
    ...(reveal ? { text: job.text } : {}),
    ...mediaView(job, reveal),
    textLength: texts.reduce((longest, text) => Math.max(longest, text.length), 0),
    messages: job.to.length,
    parts: job.parts,
    whenUncertain: job.whenUncertain,
    ...(job.whenUncertain === 'ask' ? { whenNotFound: withoutAsking(job) } : {}),
    enqueuedAt: isoTime(job.enqueuedAt),
    deadlineAt: isoTime(job.deadlineAt),
    ...(job.origin ? { origin: job.origin } : {}),
  };
}

function mediaView({ media }: SendJob, reveal: boolean): Pick<JobView, 'media'> {
  if (!media) return {};
  const { contentType, bytes, subject } = media;
  return { media: { contentType, bytes, ...(reveal ? { subject } : {}) } };
}

/** A history fit to be shown. */
export function historyView(history: readonly HistoryEntry[]): readonly HistoryView[] {
  return history.map((entry) => ({ ...entry, at: isoTime(entry.at) }));
}

/** A time to the second; whatever is no time becomes the beginning of the epoch. */
export function isoTime(epochMs: number): string {
  const time = new Date(epochMs);
  return new Date(Number.isNaN(time.getTime()) ? 0 : epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
