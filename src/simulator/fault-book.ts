import type { SurfaceName } from '../message/surface.ts';
import type { FaultKind, FaultMatch, FaultRule } from './fault-rule.ts';
import { readNumber } from './numbers.ts';
import type { OperationName, Purpose } from './operation-names.ts';
import type { Submission } from './submission.ts';

/** A rule in force. */
export interface ActiveFault {
  readonly id: string;
  readonly rule: FaultRule;
  /** How often it has been applied. */
  readonly fired: number;
}

/** What is known of a request when faults are looked up. */
export interface FaultFacts {
  readonly surface: SurfaceName;
  readonly on: Purpose;
  /** Missing where the web service does not know it. */
  readonly operation?: OperationName;
  /** Missing before the body is read, and where it could not be. */
  readonly submission?: Submission;
  readonly username?: string;
}

/** The rules in force, oldest first; of those that match, the oldest applies. */
export interface FaultBook {
  add(rule: FaultRule): string;
  remove(id: string): boolean;
  clear(): void;
  list(): readonly ActiveFault[];
  /** The fault that applies to a request of which only the headers have come; counts it. */
  takeEarly(facts: FaultFacts): FaultRule | undefined;
  /** The fault that applies to a request that has been read; counts it. */
  take(facts: FaultFacts): FaultRule | undefined;
}

interface Entry {
  readonly id: string;
  readonly rule: FaultRule;
  readonly matches: (facts: FaultFacts) => boolean;
  fired: number;
}

export interface FaultBookOptions {
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onFault: (kind: FaultKind) => void;
}

export function createFaultBook({ random, onFault }: FaultBookOptions): FaultBook {
  const entries = new Map<string, Entry>();
  let lastId = 0;

  const fires = ({ rule, matches }: Entry, facts: FaultFacts) =>
    matches(facts) && (rule.probability === undefined || random() < rule.probability);

  const takeWhere = (facts: FaultFacts, { early }: { early: boolean }) => {
    for (const entry of entries.values()) {
      if (isEarly(entry.rule) !== early || !fires(entry, facts)) continue;
      entry.fired += 1;
      if (entry.fired >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) entries.delete(entry.id);
      onFault(entry.rule.kind);
      return entry.rule;
    }
    return undefined;
  };

  return {
    add(rule) {
      lastId += 1;
      const id = String(lastId);
      entries.set(id, { id, rule, matches: compileMatch(rule.match ?? {}), fired: 0 });
      return id;
    },
    remove: (id) => entries.delete(id),
    clear: () => entries.clear(),
    list: () => [...entries.values()].map(({ id, rule, fired }) => ({ id, rule, fired })),
    takeEarly: (facts) => takeWhere(facts, { early: true }),
    take: (facts) => takeWhere(facts, { early: false }),
  };
}

function isEarly(rule: FaultRule): boolean {
  return rule.kind === 'reset-before-body';
}

function compileMatch(match: FaultMatch): (facts: FaultFacts) => boolean {
  const { surface, operation, username, title, textIncludes } = match;
  const on = match.on ?? (operation === undefined ? 'send' : undefined);
  const to = match.to === undefined ? undefined : (readNumber(match.to) ?? match.to);
  const matchesSubmission = (submission: Submission | undefined) => {
    if (title !== undefined && submission?.title !== title) return false;
    if (to === undefined && textIncludes === undefined) return true;
    return (submission?.messages ?? []).some(
      (message) =>
        (to === undefined || message.to === to) &&
        (textIncludes === undefined || message.text.includes(textIncludes)),
    );
  };
  return (facts) =>
    (on === undefined || facts.on === on) &&
    (operation === undefined || facts.operation === operation) &&
    (surface === undefined || facts.surface === surface) &&
    (username === undefined || (facts.submission?.username ?? facts.username) === username) &&
    matchesSubmission(facts.submission);
}
