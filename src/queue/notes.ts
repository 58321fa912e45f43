import { isMeta, type Meta } from '../message/meta.ts';
import {
  type Check,
  isCount,
  isListOf,
  isOneOf,
  isString,
  isText,
  isTrue,
  optional,
  type Shape,
} from './checks.ts';
import { type DeathFacts, deadReasons, type Range } from './journal.ts';

/** What is said of a send job's messages beside what became of them: kept with their end, and told in events. */
export interface MessageNotes {
  /** The messages' ids, where they are not made of the job's id (`messageIdAt`). Lists have one value for each message. */
  readonly ids?: readonly string[];
  readonly keys?: readonly (string | null)[];
  readonly meta?: Meta | readonly (Meta | null)[];
  readonly campaign?: string;
  /** The first message of a chain of replays. */
  readonly rootId?: string;
  readonly reason?: DeathFacts['reason'];
  readonly mayHaveArrived?: true;
  /** Only where a setting says so. */
  readonly to?: readonly string[];
  /** Only where a setting says so: one text for all, or one for each. */
  readonly text?: string | readonly string[];
}

/** A value, or null where there is none. */
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

export const notesShape: Shape<MessageNotes> = {
  ids: optional(isListOf(isText)),
  keys: optional(isListOf(orNull(isText))),
  meta: optional((value) => isMeta(value) || isListOf(orNull(isMeta))(value)),
  campaign: optional(isText),
  rootId: optional(isText),
  reason: optional(isOneOf(deadReasons)),
  mayHaveArrived: optional(isTrue),
  to: optional(isListOf(isText)),
  text: optional((value) => isString(value) || isListOf(isString)(value)),
};

function isRange(value: unknown): value is Range {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to]: readonly unknown[] = value;
  return isCount(from) && isCount(to) && from < to;
}

/** Messages of a job by their index. */
export const isRanges: Check = isListOf(isRange);
