import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOfError, outcomeOfStatus } from '../../../src/jetsms/http-outcome.ts';
import { uncertainCauses, unsentCauses } from '../../../src/jetsms/outcome.ts';

const refused = (status: number) => ({ kind: 'refused', by: 'http', status });
const now = Date.UTC(2026, 10, 22, 12);

const wordsOfJavaScript = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

describe('an error whose code is a word of JavaScript', () => {
  it.each(wordsOfJavaScript)('is one that nobody knows: %s', (code) => {
    expect(outcomeOfError({ code }, { requestStarted: false, replyStarted: false })).toEqual({
      kind: 'unsent',
      cause: 'connection-failed',
    });
    expect(outcomeOfError({ code }, { requestStarted: true, replyStarted: false })).toEqual({
      kind: 'uncertain',
      cause: 'reset-after-write',
    });
  });

  it.each(wordsOfJavaScript)('neither does a reply header of that name matter: %s', (name) => {
    const headers = Object.fromEntries([[name, '7']]);
    expect(outcomeOfStatus(503, headers, 0)).toEqual({ kind: 'unsent', cause: 'http-503' });
  });
});

describe('an HTTP status', () => {
  it.each([200, 201, 202, 204, 206])('%d leaves it to the body', (status) => {
    expect(outcomeOfStatus(status, {}, now)).toBeUndefined();
  });

  it.each([300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 407, 409, 410, 413, 428, 431, 451])(
    '%d is refused by HTTP',
    (status) => {
      expect(outcomeOfStatus(status, {}, now)).toEqual(refused(status));
    },
  );

  it.each([408, 429, 503])('%d is unsent', (status) => {
    expect(outcomeOfStatus(status, {}, now)).toEqual({ kind: 'unsent', cause: `http-${status}` });
  });

  it.each([
    ['7', 7000],
    [['7', '9'], 7000],
    ['Sun, 22 Nov 2026 12:01:00 GMT', 60_000],
  ])('503 with Retry-After %j says how long to wait', (header, retryAfterMs) => {
    expect(outcomeOfStatus(503, { 'retry-after': header }, now)).toEqual({
      kind: 'unsent',
      cause: 'http-503',
      retryAfterMs,
    });
  });

  it('429 with a nonsense Retry-After is as without', () => {
    expect(outcomeOfStatus(429, { 'retry-after': 'later' }, now)).toEqual({
      kind: 'unsent',
      cause: 'http-429',
    });
  });

  it.each([500, 501, 502, 504, 520, 599])('%d is uncertain', (status) => {
    expect(outcomeOfStatus(status, {}, now)).toEqual({ kind: 'uncertain', cause: 'http-5xx', status });
  });

  it.each([0, 99, 600, 999, 1000, -1])('%d is no status, so no reply', (status) => {
    expect(outcomeOfStatus(status, {}, now)).toEqual({ kind: 'uncertain', cause: 'malformed-reply', status });
  });
});

describe('an error before the request began to be written', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'connection-refused'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
    ['ETIMEDOUT', 'connect-timeout'],
    ['JETSMS_REQUEST_TIMEOUT', 'connect-timeout'],
    ['EHOSTUNREACH', 'connection-failed'],
    ['ENETUNREACH', 'connection-failed'],
    ['EPROTO', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['HOSTNAME_MISMATCH', 'tls'],
    ['ECONNRESET', 'reset-before-write'],
    ['UND_ERR_SOCKET', 'reset-before-write'],
    ['JETSMS_ABORTED', 'aborted'],
    ['UND_ERR_DESTROYED', 'aborted'],
    ['UND_ERR_CLOSED', 'aborted'],
    ['UND_ERR_INVALID_ARG', 'connection-failed'],
    ['E_NEVER_HEARD_OF', 'connection-failed'],
  ])('%s is unsent: %s', (code, cause) => {
    const progress = { requestStarted: false, replyStarted: false };
    expect(outcomeOfError({ code }, progress)).toEqual({ kind: 'unsent', cause });
  });
});

describe('an error after the request began to be written', () => {
  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'reply-timeout', 'reply-timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'body-timeout', 'body-timeout'],
    ['JETSMS_REQUEST_TIMEOUT', 'request-timeout', 'request-timeout'],
    ['JETSMS_ABORTED', 'aborted', 'aborted'],
    ['UND_ERR_DESTROYED', 'aborted', 'aborted'],
    ['JETSMS_REPLY_TOO_LARGE', 'reply-too-large', 'reply-too-large'],
    ['UND_ERR_HEADERS_OVERFLOW', 'reply-too-large', 'reply-too-large'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'cut-reply', 'cut-reply'],
    ['HPE_INVALID_EOF_STATE', 'cut-reply', 'cut-reply'],
    ['HPE_INVALID_CONSTANT', 'malformed-reply', 'malformed-reply'],
    ['ECONNRESET', 'reset-after-write', 'cut-reply'],
    ['EPIPE', 'reset-after-write', 'cut-reply'],
    ['UND_ERR_SOCKET', 'reset-after-write', 'cut-reply'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REQUIRED', 'reset-after-write', 'cut-reply'],
    ['E_NEVER_HEARD_OF', 'reset-after-write', 'cut-reply'],
  ])('%s is uncertain: %s, or %s once a reply had begun', (code, noReply, replyBegun) => {
    const causes = [false, true].map((replyStarted) =>
      outcomeOfError({ code }, { requestStarted: true, replyStarted }),
    );
    expect(causes).toEqual([
      { kind: 'uncertain', cause: noReply },
      { kind: 'uncertain', cause: replyBegun },
    ]);
  });
});

it.each([
  ['Response does not match the HTTP/1.1 protocol (Invalid EOF state)', 'cut-reply'],
  ['Response does not match the HTTP/1.1 protocol (Expected HTTP/)', 'malformed-reply'],
])('a parser error without a code is told by its reason: %s', (message, cause) => {
  const error = Object.assign(new Error(message), { name: 'HTTPParserError', code: undefined });
  const progress = { requestStarted: true, replyStarted: true };
  expect(outcomeOfError(error, progress)).toEqual({ kind: 'uncertain', cause });
});

it('any error at all is unsent before the write and uncertain after it', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ code: fc.anything() })),
      fc.boolean(),
      (error, replyStarted) => {
        const before = outcomeOfError(error, { requestStarted: false, replyStarted: false });
        const after = outcomeOfError(error, { requestStarted: true, replyStarted });
        expect(unsentCauses).toContain(before.cause);
        expect(uncertainCauses).toContain(after.cause);
      },
    ),
  );
});
