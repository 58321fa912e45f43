import { type Lane, lanes } from '../message/lane.ts';
import { isListOf, isShaped, isText, optional } from './checks.ts';
import type { Range } from './journal.ts';
import { readJson } from './json.ts';
import { type AccountPlace, keys } from './names.ts';
import { isRanges, type MessageNotes, notesShape } from './notes.ts';

/** What a send job came to. `split`: its messages went different ways, as jobs of their own. */
export const endedKinds = ['accepted', 'dead', 'cancelled', 'split'] as const;
export type EndedKind = (typeof endedKinds)[number];

/** What JetSMS said in the end of an accepted message. */
export const reportedStates = ['delivered', 'failed', 'expired', 'unconfirmed'] as const;
export type ReportedState = (typeof reportedStates)[number];

/** The last word on an accepted message. */
export interface Reported {
  readonly state: ReportedState;
  /** When it was delivered, or when we learned of it; epoch milliseconds. */
  readonly at: number;
  /** JetSMS's status, as it came. */
  readonly status?: string;
}

/** What is kept of a send job's messages beside their end. */
export interface EndedNotes extends MessageNotes {
  /** The one recipient, masked. */
  readonly mask?: string;
  /** Of a divided job: the messages of each piece, in the order of the pieces. */
  readonly pieces?: readonly (readonly Range[])[];
}

/** What became of a send job, kept when nothing else is left of it. */
export interface Ended {
  readonly end: EndedKind;
  readonly at: number;
  readonly lane: Lane;
  readonly enqueuedAt: number;
  /** Messages. */
  readonly n: number;
  readonly parts: number;
  readonly attempts: number;
  readonly code?: string;
  readonly groupId?: string;
  readonly notes: EndedNotes;
  /** One for each message; undefined where nothing final is known, and empty where nothing is known of any. */
  readonly reports: readonly (Reported | undefined)[];
}

/** A field that has nothing to say. */
const none = '-';

const number36 = (value: number): string => Math.max(0, Math.round(value)).toString(36);
const wordOr = (word: string | undefined): string =>
  word === undefined || word === '' || /\s/.test(word) ? none : word;

/**
 * Short, since there is one for each send job: words by their first letter, times to base 36. The reports come first, so that
 * a script can put others in their place.
 */
export function endedText({
  end,
  at,
  lane,
  enqueuedAt,
  n,
  parts,
  attempts,
  code,
  groupId,
  notes,
}: Ended): string {
  const json = JSON.stringify(notes);
  return [
    none,
    `${end[0]}${lane[0]}`,
    number36(at),
    number36(at - enqueuedAt),
    n,
    parts,
    attempts,
    wordOr(code),
    wordOr(groupId),
    ...(json === '{}' ? [] : [json]),
  ].join(' ');
}

/** A report as it stands in the list of a job's reports. */
export const reportedText = ({ state, at, status }: Reported): string =>
  `${state[0]}${number36(at)}${status === undefined ? '' : `:${status}`}`;

const form =
  /^(\S+) ([a-z])([a-z]) ([0-9a-z]{1,9}) ([0-9a-z]{1,9}) (\d{1,6}) (\d{1,9}) (\d{1,9}) (\S+) (\S+)(?: (\{.*\}))?$/s;

/** Reads what became of a job; undefined for what nobody of ours wrote. Total. */
export function parseEnded(text: string): Ended | undefined {
  const found = form.exec(text);
  if (!found) return undefined;
  const [, reports = none, endLetter, laneLetter, at36 = '0', lasted36 = '0', ...rest] = found;
  const [n, parts, attempts, code = none, groupId = none, json] = rest;
  const end = endedKinds.find((one) => one[0] === endLetter);
  const lane = lanes.find((one) => one[0] === laneLetter);
  const notes = json === undefined ? {} : readJson(json);
  if (!end || !lane || !isNotes(notes)) return undefined;
  const at = Number.parseInt(at36, 36);
  return {
    end,
    at,
    lane,
    enqueuedAt: at - Number.parseInt(lasted36, 36),
    n: Number(n),
    parts: Number(parts),
    attempts: Number(attempts),
    ...(code === none ? {} : { code }),
    ...(groupId === none ? {} : { groupId }),
    notes,
    reports: parseReports(reports),
  };
}

const parseReports = (text: string): Ended['reports'] =>
  text === none ? [] : text.split(',').map((one) => parseReported(one));

/** Reads one report of the list; undefined where there is none. Total. */
export function parseReported(text: string): Reported | undefined {
  const [, letter, at36 = '0', status] = /^([a-z])([0-9a-z]{1,9})(?::(\S{1,20}))?$/.exec(text) ?? [];
  const state = reportedStates.find((one) => one[0] === letter);
  if (!state) return undefined;
  return { state, at: Number.parseInt(at36, 36), ...(status === undefined ? {} : { status }) };
}

const isNotes = isShaped<EndedNotes>({
  ...notesShape,
  mask: optional(isText),
  pieces: optional(isListOf(isRanges)),
});

const dayMs = 86_400_000;

/** The day of a moment, since 1970: what ended together is forgotten together. */
export const dayOf = (at: number): number => Math.floor(at / dayMs);

/**
 * Small hashes cost Redis a third of a key for each job: so many that those of a day with a million jobs stay within the 128
 * entries up to which Redis keeps a hash small.
 */
const bucketsPerDay = 16_384;

/** FNV-1a: the same for everybody, and even. */
function bucketOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % bucketsPerDay;
}

/** Where the end of a job lies that ended on a day. */
export const endedKey = ({ prefix, account }: AccountPlace, id: string, day: number): string =>
  keys.ended(prefix, account, day, bucketOf(id));

/** When everything that ended on a day is forgotten, epoch milliseconds. */
export const endedUntil = (day: number, keepMs: number): number => (day + 1) * dayMs + keepMs;

/** The days on which a job can have ended of which something is still known, the latest first. */
export function daysKept(now: number, keepMs: number): readonly number[] {
  const today = dayOf(now);
  // Redis' time may be a little ahead of what wrote the end.
  return Array.from({ length: Math.ceil(keepMs / dayMs) + 3 }, (_, index) => today + 1 - index);
}
