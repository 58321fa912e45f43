import { type QueryLogin, queryAccount } from './account-query.ts';
import { readDate } from './clock.ts';
import { statusAt, waiting } from './fate.ts';
import { readNumber } from './numbers.ts';
import type { Provider } from './provider.ts';
import type { ReportBook, ReportedMessage } from './report-book.ts';
import type { UnknownIdAnswer } from './report-settings.ts';
import type { ProviderRefusal } from './submission.ts';

/** What a question for reports asks about. */
export type ReportTopic =
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'own-ids'; readonly messageIds: readonly string[] }
  | {
      readonly kind: 'search';
      /** `ddMMyyyyHHmmss` or `ddMMyyyy`, or empty. */
      readonly from: string;
      readonly until: string;
      /** Empty for any; likewise the title. */
      readonly number: string;
      readonly title: string;
    };

/** A question for reports as it was asked, on either surface. */
export interface ReportQuestion {
  readonly login: QueryLogin;
  readonly topic: ReportTopic;
  /** 1 to 4, or 5 for all; empty too means all. */
  readonly filter: string;
}

/** One record of a message, or of an id that the provider does not know. */
export interface ReportRow {
  readonly status: string;
  readonly messageId: string;
  /** The 12-digit form; empty for an unknown id, likewise the other texts. */
  readonly number: string;
  readonly groupId: string;
  readonly title: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly sentAt: number;
  /** Of a delivered one. */
  readonly deliveredAt?: number;
}

export type ReportAnswer =
  | { readonly kind: 'rows'; readonly rows: readonly ReportRow[] }
  | { readonly kind: 'refused'; readonly refusal: ProviderRefusal }
  /** Each surface has its own way to say so. */
  | { readonly kind: 'unknown-group' };

/** In the words of `xmlreport` about a group; 11 has nothing to do with credit here. */
const unknownIdRefusal: ProviderRefusal = { code: '11', text: '- Unrecognized MessageId' };

/** Answers a question for reports. Questions are refused for a wrong login, a filter or a date that is none. */
export function answerReport(provider: Provider, question: ReportQuestion): ReportAnswer {
  const found = queryAccount(provider, question.login);
  const answer = found.kind === 'refused' ? found : findRows(provider, question);
  // queryAccount has counted its own refusal.
  if (answer.kind === 'refused' && found.kind === 'account') provider.tally.refused(answer.refusal.code);
  return answer;
}

/** The accepted messages that a question is about, whether or not its answer tells of them. */
export function* messagesAskedAbout(book: ReportBook, question: ReportQuestion): Iterable<ReportedMessage> {
  const { topic, login } = question;
  for (const found of candidates(book, topic)) if (found.message.username === login.username) yield found;
}

function* candidates(book: ReportBook, topic: ReportTopic): Iterable<ReportedMessage> {
  switch (topic.kind) {
    case 'group':
      yield* book.group(topic.groupId) ?? [];
      return;
    case 'own-ids':
      for (const id of topic.messageIds) yield* book.byOwnId(id);
      return;
    case 'search':
      yield* search(book, topic);
  }
}

function findRows(provider: Provider, question: ReportQuestion): ReportAnswer {
  const { filter, topic, login } = question;
  // Our choice: report-filter. Nothing counts as 5, and any other filter is refused.
  if (!/^[1-5]?$/.test(filter)) return refused({ code: '99', text: 'status gecersiz' });
  if (topic.kind === 'own-ids')
    return filtered(rowsOfIds(provider, topic.messageIds, login.username), filter);
  if (topic.kind === 'search' && rangeOf(topic) === undefined) {
    return refused({ code: '99', text: 'tarih gecersiz' });
  }
  const now = provider.now();
  const { idLagMs } = provider.reports.settings();
  const found = [...messagesAskedAbout(provider.reports.book, question)];
  if (topic.kind === 'group' && found.length === 0) return { kind: 'unknown-group' };
  // Our choice: report-own-ids. A group is known at once.
  const known = topic.kind === 'search' ? found.filter(({ message }) => message.at + idLagMs <= now) : found;
  return filtered({ kind: 'rows', rows: known.flatMap((reported) => rowsOf(reported, now)) }, filter);
}

function filtered(answer: ReportAnswer, filter: string): ReportAnswer {
  if (answer.kind !== 'rows' || filter === '' || filter === '5') return answer;
  return { kind: 'rows', rows: answer.rows.filter(({ status }) => status === filter) };
}

/** Our choice: report-order. Rows in the order of the ids; an id that was used again has the rows of every message. */
function rowsOfIds(provider: Provider, messageIds: readonly string[], username: string): ReportAnswer {
  const now = provider.now();
  const { idLagMs, unknownId } = provider.reports.settings();
  const found = messageIds.map((id) => {
    const known = provider.reports.book
      .byOwnId(id)
      .filter(({ message }) => message.username === username && message.at + idLagMs <= now);
    return { id, rows: known.flatMap((reported) => rowsOf(reported, now)) };
  });
  if (unknownId === 'error' && found.some(({ rows }) => rows.length === 0)) return refused(unknownIdRefusal);
  const write = rowsOfUnknown[unknownId];
  return { kind: 'rows', rows: found.flatMap(({ id, rows }) => (rows.length > 0 ? rows : write(id, now))) };
}

/** Our choice: report-unknown-id. What stands for an own id that the provider does not know. */
const rowsOfUnknown: Readonly<
  Record<UnknownIdAnswer, (messageId: string, now: number) => readonly ReportRow[]>
> = {
  empty: () => [],
  error: () => [],
  row: (messageId, now) => [rowOfUnknown(messageId, '0', now)],
  real: (messageId, now) => [rowOfUnknown(messageId, waiting, now)],
};

function rowsOf({ message, fates }: ReportedMessage, now: number): readonly ReportRow[] {
  const { messageId = '', to, groupId, title, text, at, startAt = at } = message;
  return fates.map((fate) => {
    const status = statusAt(fate, now);
    const row = { status, messageId, number: to, groupId, title, text, createdAt: at, sentAt: startAt };
    return status === '1' ? { ...row, deliveredAt: fate.at } : row;
  });
}

function rowOfUnknown(messageId: string, status: string, now: number): ReportRow {
  return { status, messageId, number: '', groupId: '', title: '', text: '', createdAt: now, sentAt: now };
}

type Search = Extract<ReportTopic, { kind: 'search' }>;

function* search(book: ReportBook, topic: Search): Iterable<ReportedMessage> {
  const range = rangeOf(topic);
  if (range === undefined) return;
  const to = readNumber(topic.number) ?? topic.number;
  for (const reported of book.all()) {
    const { message } = reported;
    const isMeant =
      message.at >= range.from &&
      message.at < range.until &&
      (to === '' || message.to === to) &&
      (topic.title === '' || message.title === topic.title);
    if (isMeant) yield reported;
  }
}

/** Our choice: report-search. Whole days or times, both ends included; an end that is left out has no limit. */
function rangeOf({ from, until }: Search): { readonly from: number; readonly until: number } | undefined {
  const isDay = until.length === 8;
  const first = from === '' ? 0 : readDate(from.length === 8 ? `${from}000000` : from);
  const last = until === '' ? Number.POSITIVE_INFINITY : readDate(isDay ? `${until}235959` : until);
  return first === undefined || last === undefined ? undefined : { from: first, until: last + 1_000 };
}

function refused(refusal: ProviderRefusal): ReportAnswer {
  return { kind: 'refused', refusal };
}
