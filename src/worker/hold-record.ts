/** Why an account stands still; docs/holds.md says how each begins and ends. */
export const holdReasons = [
  'no-credit',
  'account-fault',
  'endpoint',
  'unknown-code',
  'unreachable',
  'operator',
] as const;
export type HoldReason = (typeof holdReasons)[number];

/**
 * - `stopped`: nothing is sent until a person resumes.
 * - `probing`: JetSMS is asked, or one message at a time is sent, to see whether the reason is gone.
 * - `resuming`: the reason is gone; the pace rises step by step.
 */
const holdModes = ['stopped', 'probing', 'resuming'] as const;
export type HoldMode = (typeof holdModes)[number];

/** The one message that tries whether a held account works again. */
export interface Canary {
  /** The job that carries it. */
  readonly id: string;
  readonly worker: string;
  /** A canary of which nothing was heard until then counts as lost; epoch milliseconds. */
  readonly until: number;
}

/** An account that stands still, as all workers see it. Times in epoch milliseconds, by Redis's clock. */
export interface Hold {
  readonly reason: HoldReason;
  readonly mode: HoldMode;
  /** JetSMS code, HTTP status or cause that led here. */
  readonly code?: string;
  readonly since: number;
  /** When the present mode began. */
  readonly modeSince: number;
  /** `worker <name>`, `operator <name>` or `dashboard`. */
  readonly by: string;
  /** What the operator wrote. */
  readonly note?: string;
  /** The message that became the dead letter of this incident. */
  readonly witness?: string;
  /** Of a hold for want of credit: what was left when it was asked for first; it was too little for a message. */
  readonly credit?: number;
  /** What an operator's hold lies on top of: that has not been mended by it. */
  readonly beneath?: { readonly reason: HoldReason; readonly code?: string };
  /** Probes so far. */
  readonly probes: number;
  readonly nextProbeAt: number;
  /** The next message that is taken is the canary. */
  readonly canaryMayGo: boolean;
  readonly canary?: Canary;
  /** The jobs whose messages were refused as canaries, the last one at the end; others go before them. */
  readonly refusedCanaries?: readonly string[];
}

/** What is known of an account's holds, over all workers. */
export interface HoldRecord {
  readonly hold?: Hold;
  /** When the last hold was lifted. */
  readonly liftedAt: number;
  /** When the request began that showed that messages are taken again; 0 where a question or a person did. */
  readonly provenAt: number;
  /** Requests in a row that got a code which nobody knows. */
  readonly unknownInRow: number;
  /** Reasons that have cost a message since messages were taken last; another one would say nothing new. */
  readonly witnessed?: readonly HoldReason[];
}

export const noRecord: HoldRecord = { liftedAt: 0, provenAt: 0, unknownInRow: 0 };

/**
 * Reads the record as it lies in Redis. Total: what cannot be read counts as no hold, since the first refusal
 * begins it anew. Version 0.1 wrote the hold alone; a person's hold of then must stand.
 */
export function parseHoldRecord(raw: string): HoldRecord {
  const found = objectIn(raw);
  if (!found) return noRecord;
  const hold = readHold('reason' in found ? found : found['hold']);
  const witnessed = reasonsIn(found['witnessed']);
  return {
    liftedAt: timeIn(found['liftedAt']),
    provenAt: timeIn(found['provenAt']),
    unknownInRow: timeIn(found['unknownInRow']),
    ...(witnessed.length > 0 ? { witnessed } : {}),
    ...(hold ? { hold } : {}),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(raw: string): Fields | undefined {
  if (raw === '') return undefined;
  try {
    return fieldsOf(JSON.parse(raw));
  } catch {
    return undefined;
  }
}

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

function readHold(value: unknown): Hold | undefined {
  const found = fieldsOf(value);
  const reason = holdReasons.find((one) => one === found?.['reason']);
  const mode = holdModes.find((one) => one === found?.['mode']);
  if (!found || !reason || !mode) return undefined;
  const { code, note, witness, refusedCanaries, credit, by } = found;
  return {
    reason,
    // In version 0.1 an account's fault stopped the account; now it is probed, as all reasons but a person's.
    mode: mode === 'stopped' && reason !== 'operator' ? 'probing' : mode,
    since: timeIn(found['since']),
    modeSince: timeIn(found['modeSince']),
    by: typeof by === 'string' ? by : 'unknown',
    probes: timeIn(found['probes']),
    nextProbeAt: timeIn(found['nextProbeAt']),
    canaryMayGo: found['canaryMayGo'] === true,
    ...given('code', textIn(code)),
    ...given('note', textIn(note)),
    ...given('witness', textIn(witness)),
    ...given('refusedCanaries', textsIn(refusedCanaries)),
    ...given('credit', typeof credit === 'number' ? credit : undefined),
    ...given('beneath', readBeneath(found['beneath'])),
    ...given('canary', readCanary(found['canary'])),
  };
}

function readBeneath(value: unknown): Hold['beneath'] {
  // Version 0.1 wrote the reason alone.
  const found = typeof value === 'string' ? { reason: value } : fieldsOf(value);
  const reason = holdReasons.find((one) => one === found?.['reason']);
  return reason && reason !== 'operator'
    ? { reason, ...given('code', textIn((found as Fields)['code'])) }
    : undefined;
}

function readCanary(value: unknown): Canary | undefined {
  const found = fieldsOf(value);
  const { id, worker } = found ?? {};
  if (typeof id !== 'string' || typeof worker !== 'string') return undefined;
  return { id, worker, until: timeIn(found?.['until']) };
}

const reasonsIn = (value: unknown): readonly HoldReason[] =>
  Array.isArray(value) ? holdReasons.filter((reason) => value.includes(reason)) : [];

const timeIn = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function given<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}
