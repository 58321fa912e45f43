import { findRow, meaningInWords, rowNamed } from '../codes/index.ts';
import type { DeathFacts } from './journal.ts';

/**
 * What the code of an attempt, a death or a hold means, in a few words of English.
 * @param row the name of its row, where the code has several
 */
export function meaningOfCode(code: string, row = ''): string {
  const status = /^http-(\d{3})$/.exec(code)?.[1];
  if (status) return `HTTP ${status} instead of a reply`;
  if (/^found-\d+$/.test(code)) return 'JetSMS has it, as it said when it was asked';
  if (/^\d+$/.test(code)) return meaningInWords(code, rowNamed(row) ?? findRow(code, ''));
  return meaningOfCause.get(code) ?? code;
}

const meaningOfCause: ReadonlyMap<string, string> = new Map(
  Object.entries({
    dns: 'the endpoint has no address',
    'connection-refused': 'the endpoint refused the connection',
    'connect-timeout': 'no connection came about in time',
    'connection-failed': 'no connection came about',
    tls: 'no secure connection came about',
    'reset-before-write': 'the connection broke before anything was sent',
    'proxy-dns': 'the proxy has no address',
    'proxy-unreachable': 'the proxy could not be reached',
    'proxy-timeout': 'the proxy did not answer in time',
    'proxy-tls': 'no secure connection to the proxy came about',
    'proxy-login': 'the proxy refused the login',
    'proxy-refused': 'the proxy does not let us to the endpoint',
    'proxy-bad-gateway': 'the proxy could not reach the endpoint',
    'proxy-failed': 'the proxy broke the connection, or is none',
    aborted: 'the worker stopped the request',
    'reply-timeout': 'no reply came in time',
    'body-timeout': 'the reply stopped on its way',
    'request-timeout': 'the request took too long',
    'reset-after-write': 'the connection broke before the reply came',
    'http-5xx': 'a server error instead of a reply',
    'empty-reply': 'the reply was empty',
    'html-reply': 'a page of markup instead of a reply',
    'malformed-reply': 'the reply was no JetSMS reply',
    'cut-reply': 'the reply was cut',
    'reply-too-large': 'the reply was far too long',
    'unknown-status': 'JetSMS gave a status for this recipient that nobody knows',
    'server-fault': 'a server fault instead of a reply',
    'soap-fault': 'JetSMS did not understand the request',
    crash: 'the worker died while the request was under way',
    'not-found': 'JetSMS was asked, and does not know it',
    'no-answer': 'JetSMS was asked, and gave no answer that can be read',
    'part-found': 'JetSMS was asked, and knows some of the messages',
    'circuit-open': 'the endpoint failed too often in a row',
  }),
);

/** Why a message was given up, in a few words of English. */
export function meaningOfDeath({ reason, code, row, text }: DeathFacts): string {
  const cause = code === undefined ? undefined : meaningOfCode(code, row);
  switch (reason) {
    case 'expired':
      return ['its deadline passed', cause].filter(Boolean).join('; last: ');
    case 'cancelled':
      return 'it was called off';
    case 'invalid':
      return text ?? 'the job cannot be read';
    case 'uncertain':
      return `it may have arrived: ${cause ?? 'no reply was read'}`;
    case 'exhausted':
      return `all tries used up: ${cause ?? 'no cause was recorded'}`;
    case 'terminal':
    case 'unknown-code':
      return cause ?? reason;
  }
}
