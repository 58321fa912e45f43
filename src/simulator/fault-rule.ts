import type { SurfaceName } from '../message/surface.ts';
import type { OperationName, Purpose } from './operation-names.ts';

/** Which requests a fault applies to; all given conditions must hold. No condition: every request to send. */
export interface FaultMatch {
  /** A recipient, in any form that the provider takes. */
  readonly to?: string;
  readonly title?: string;
  readonly username?: string;
  /** Found in any text of the request. */
  readonly textIncludes?: string;
  readonly surface?: SurfaceName;
  /** What the request is for; where neither this nor `operation` is given, `send`. */
  readonly on?: Purpose;
  /** The one operation that is meant, such as `xmlreport` or `ReportSMS_V2`. */
  readonly operation?: OperationName;
}

/** When, and how often, a fault applies. */
export interface FaultScope {
  readonly match?: FaultMatch;
  /** How often; without end where nothing is said. The rule is gone afterwards. */
  readonly times?: number;
  /** From 0 to 1, rolled for every matching request with the seeded generator; 1 where nothing is said. */
  readonly probability?: number;
}

/**
 * What happens instead of the usual answer. Where a fault has `accepted`, it says whether the messages are
 * taken all the same (false where nothing is said); of the others the name says it.
 */
export type Fault =
  /** Refuses with any code or row id (`90-xml-null`), in the table's literal words unless `text` is given. */
  | { readonly kind: 'reply'; readonly code: string; readonly text?: string }
  /** Answers 200 with exactly this body. */
  | {
      readonly kind: 'raw-reply';
      readonly body: string;
      readonly contentType?: string;
      readonly accepted?: boolean;
    }
  /** Takes the messages, never answers. */
  | { readonly kind: 'accept-then-hang' }
  /** Takes nothing, never answers. */
  | { readonly kind: 'hang' }
  /** Takes the messages, then resets the connection. */
  | { readonly kind: 'accept-then-reset' }
  /** Resets the connection when the headers have come; can match by `surface`, `on` and `operation` only. */
  | { readonly kind: 'reset-before-body' }
  /** Reads the whole request, takes nothing, resets the connection. */
  | { readonly kind: 'reset-after-read' }
  /** Takes the messages, announces the whole reply, sends half of it and closes. */
  | { readonly kind: 'cut-reply' }
  /** A proxy's page with status 200. */
  | { readonly kind: 'html-200'; readonly accepted?: boolean }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Seconds, or an HTTP date, for the Retry-After header. */
      readonly retryAfter?: number | string;
      readonly accepted?: boolean;
    }
  /** Takes the messages and sends the reply byte by byte over this many milliseconds. */
  | { readonly kind: 'slow-body'; readonly durationMs: number }
  /** Status 200, no body. */
  | { readonly kind: 'empty-200'; readonly accepted?: boolean }
  /** Ends its side of the connection without an answer, and leaves the other side open. */
  | { readonly kind: 'half-close'; readonly accepted?: boolean }
  /**
   * Takes the messages but those for the number in `match.to`. Where the answer has a status for each recipient
   * that number's is `code`; elsewhere nothing tells.
   */
  | {
      readonly kind: 'refuse-recipient';
      readonly code: string;
      readonly match: FaultMatch & { readonly to: string };
    }
  /** A SOAP fault, whatever was asked for; with status 500 and `soap:Server` where nothing is said. */
  | {
      readonly kind: 'soap-fault';
      readonly status?: 200 | 500;
      readonly faultCode?: 'Client' | 'Server';
      readonly text?: string;
      readonly accepted?: boolean;
    }
  /** The usual answer, later by this much. */
  | { readonly kind: 'latency'; readonly latencyMs: number };

export type FaultKind = Fault['kind'];

/** A fault and when it happens: `{ kind: 'status', status: 503, times: 3, match: { to: '5321234567' } }`. */
export type FaultRule = FaultScope & Fault;

/** Every kind of fault. */
export const faultKinds: readonly FaultKind[] = [
  'reply',
  'raw-reply',
  'accept-then-hang',
  'hang',
  'accept-then-reset',
  'reset-before-body',
  'reset-after-read',
  'cut-reply',
  'html-200',
  'status',
  'slow-body',
  'empty-200',
  'half-close',
  'refuse-recipient',
  'soap-fault',
  'latency',
];

const taking: ReadonlySet<FaultKind> = new Set([
  'accept-then-hang',
  'accept-then-reset',
  'cut-reply',
  'slow-body',
  'refuse-recipient',
  'latency',
]);

/** Whether the provider takes (judges, charges, records) the messages although the fault happens. */
export function takesMessages(fault: Fault): boolean {
  return taking.has(fault.kind) || ('accepted' in fault && fault.accepted === true);
}
