import { type Lane, lanes } from '../../message/lane.ts';
import {
  isBoolean,
  isCount,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isShaped,
  isString,
  isTime,
  optional,
} from '../../queue/checks.ts';
import { type HoldReason, holdReasons } from '../../queue/hold-reasons.ts';
import { readJson } from '../../queue/json.ts';

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
  /** The lanes that stand still; all where left out. Only a pause on the dashboard holds some of them alone. */
  readonly lanes?: readonly Lane[];
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
  /** When the latest of them began. */
  readonly unknownAt?: number;
  readonly trial?: Trial;
}

/** A message that is refused again though others are accepted; it is tried once more, and meanwhile no other is. */
export interface Trial {
  /** The id of the message. */
  readonly id: string;
  readonly since: number;
}

export const noRecord: HoldRecord = { liftedAt: 0, provenAt: 0, unknownInRow: 0 };

const isRecord = isShaped<Omit<HoldRecord, 'hold'>>({
  liftedAt: isTime,
  provenAt: isTime,
  unknownInRow: isCount,
  witnessed: optional(isListOf(isOneOf(holdReasons))),
  unknownAt: optional(isTime),
  trial: optional(isShaped<Trial>({ id: isString, since: isTime })),
});

const isReason = isOneOf(holdReasons);
const isHold = isShaped<Hold>({
  reason: isReason,
  mode: isOneOf(holdModes),
  code: optional(isString),
  since: isTime,
  modeSince: isTime,
  by: isString,
  note: optional(isString),
  lanes: optional(isListOf(isOneOf(lanes))),
  witness: optional(isString),
  credit: optional(isNumber),
  beneath: optional(isShaped<NonNullable<Hold['beneath']>>({ reason: isReason, code: optional(isString) })),
  probes: isCount,
  nextProbeAt: isTime,
  canaryMayGo: isBoolean,
  canary: optional(isShaped<Canary>({ id: isString, worker: isString, until: isTime })),
  refusedCanaries: optional(isListOf(isString)),
});

/**
 * Reads the record as it lies in Redis. Total: what cannot be read counts as no hold, since the first refusal
 * begins it anew.
 */
export function parseHoldRecord(raw: string | null): HoldRecord {
  const found = readJson(raw);
  if (!isObject(found)) return noRecord;
  const hold = 'hold' in found ? found.hold : holdOfVersion01(found);
  const { liftedAt, provenAt, unknownInRow, witnessed, unknownAt, trial } = isRecord(found)
    ? found
    : noRecord;
  return {
    liftedAt,
    provenAt,
    unknownInRow,
    ...(witnessed === undefined ? {} : { witnessed }),
    ...(unknownAt === undefined ? {} : { unknownAt }),
    ...(trial === undefined ? {} : { trial }),
    ...(isHold(hold) ? { hold } : {}),
  };
}

/** Version 0.1 wrote the hold alone. A person's hold of then must stand; its other ones are probed like those of now. */
function holdOfVersion01(found: object): unknown {
  const old = found as Partial<Record<keyof Hold, unknown>>;
  const beneath = isString(old.beneath) ? { beneath: { reason: old.beneath } } : {};
  const mode = old.reason === 'operator' ? old.mode : 'probing';
  return { ...old, ...beneath, mode, probes: 0, nextProbeAt: 0, canaryMayGo: false };
}
