import type { CodeRow } from '../codes/index.ts';

/** What one attempt came to (docs/architecture.md, "Outcomes and verdicts"). A value, never an exception. */
export type Outcome = Accepted | RefusedByCode | RefusedByHttp | Unsent | Uncertain;

/** JetSMS said `00`. */
export interface Accepted {
  readonly kind: 'accepted';
  /** JetSMS's id of the request; missing where the reply had none that is certainly whole. */
  readonly groupId?: string;
}

/** JetSMS answered with any other code. */
export interface RefusedByCode {
  readonly kind: 'refused';
  readonly by: 'code';
  readonly code: string;
  /** What the reply means, looked up once from the reply as it came; undefined for a code that nobody knows. */
  readonly row: CodeRow | undefined;
  /** The provider's words behind the code, without any recipient or text of ours. For people. */
  readonly text: string;
}

/** `code` where the web service answered with a SOAP fault that says that our request was wrong. */
export const soapFaultCode = 'soap-fault';

/** The address or the account is wrong, said in HTTP (301–308, 400–407, 409–428). */
export interface RefusedByHttp {
  readonly kind: 'refused';
  readonly by: 'http';
  readonly status: number;
}

/** What can be wrong at a proxy before it has opened the way: nothing of the request can have left. */
export const proxyCauses = [
  'proxy-dns',
  'proxy-unreachable',
  'proxy-timeout',
  'proxy-tls',
  'proxy-login',
  'proxy-refused',
  'proxy-bad-gateway',
  'proxy-failed',
] as const;
export type ProxyCause = (typeof proxyCauses)[number];

export const unsentCauses = [
  'dns',
  'connection-refused',
  'connect-timeout',
  'connection-failed',
  'tls',
  'http-408',
  'http-429',
  'http-503',
  'reset-before-write',
  'proxy-dns',
  'proxy-unreachable',
  'proxy-timeout',
  'proxy-tls',
  'proxy-login',
  'proxy-refused',
  'proxy-bad-gateway',
  'proxy-failed',
  'aborted',
] as const;
export type UnsentCause = (typeof unsentCauses)[number];

/** Nothing of the request can have been taken: sending again is safe. */
export interface Unsent {
  readonly kind: 'unsent';
  readonly cause: UnsentCause;
  /** What the server asked for with Retry-After, in milliseconds. */
  readonly retryAfterMs?: number;
}

export const uncertainCauses = [
  'reply-timeout',
  'body-timeout',
  'request-timeout',
  'reset-after-write',
  'http-5xx',
  'empty-reply',
  'html-reply',
  'malformed-reply',
  'cut-reply',
  'reply-too-large',
  'unknown-status',
  'server-fault',
  'aborted',
  'crash',
] as const;
export type UncertainCause = (typeof uncertainCauses)[number];

/** The request may have been taken; the answer never came, or cannot be read. */
export interface Uncertain {
  readonly kind: 'uncertain';
  readonly cause: UncertainCause;
  readonly status?: number;
}
