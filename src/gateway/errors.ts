import { CodedError, type ErrorFacts } from '../errors/coded-error.ts';

/**
 * What the gateway itself answers with, and the HTTP status of each, beside the errors of messages and of the producer. The codes
 * are stable.
 */
export const gatewayErrors = {
  KEY_MISSING: {
    status: 401,
    meaning: 'The request has no API key.',
    whatToDo: 'Send the header `Authorization: Bearer <key>`. `jetsms keys create` makes one.',
  },
  KEY_INVALID: {
    status: 401,
    meaning: 'The API key is unknown, revoked or expired.',
    whatToDo: 'Check that it was copied whole; `jetsms keys list` shows which there are.',
  },
  KEY_TRIES_EXCEEDED: {
    status: 429,
    meaning: 'Too many wrong API keys came from this network.',
    whatToDo: 'Wait for as long as Retry-After says, then come with a right one.',
  },
  RIGHT_MISSING: {
    status: 403,
    meaning: 'The API key has no right to do this; it takes the right `{right}`.',
    whatToDo: 'Use a key that has it, or make one (`jetsms keys create`).',
  },
  ACCOUNT_NOT_ALLOWED: {
    status: 403,
    meaning: 'The API key is not for this account.',
    whatToDo: 'Name an account that the key is for, or use another key.',
  },
  LANE_NOT_ALLOWED: {
    status: 403,
    meaning: 'The API key is not for this lane.',
    whatToDo: 'Name a lane that the key is for, or use another key.',
  },
  RATE_EXCEEDED: {
    status: 429,
    meaning: 'The API key has made more requests in this second than it may.',
    whatToDo:
      'Wait for as long as Retry-After says. A batch or a campaign carries many messages in one request.',
  },
  BODY_UNREADABLE: {
    status: 400,
    meaning: 'The body of the request is no JSON.',
    whatToDo: 'Send one JSON document in UTF-8, and its length.',
  },
  BODY_CUT: {
    status: 400,
    meaning: 'The body of the request broke off.',
    whatToDo: 'Send it again. A campaign goes on under its name: what is stored already is not stored twice.',
  },
  BODY_INVALID: {
    status: 400,
    meaning: 'The body of the request does not have the form that is asked for here.',
    whatToDo: 'Compare it with /openapi.json.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    meaning: 'The body of the request is larger than gatewayMaxBodyBytes.',
    whatToDo: 'Send fewer messages at a time, or a campaign, which may be of any length.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    meaning: 'The content type of the body is not one that is taken here.',
    whatToDo: 'Send application/json; for a campaign application/x-ndjson or text/csv.',
  },
  ENCODING_UNSUPPORTED: {
    status: 415,
    meaning: 'The body is compressed.',
    whatToDo: 'Send it as it is, without Content-Encoding.',
  },
  PARAMETER_UNKNOWN: {
    status: 400,
    meaning: 'The address has a parameter that is not known here.',
    whatToDo: 'Check the spelling, or leave the parameter out.',
  },
  PARAMETER_INVALID: {
    status: 400,
    meaning: 'A parameter of the address is missing or cannot be used.',
    whatToDo: 'Compare it with /openapi.json.',
  },
  HEADER_INVALID: {
    status: 400,
    meaning: 'A header of the request cannot be used.',
    whatToDo: 'Compare it with /openapi.json.',
  },
  IDEMPOTENCY_KEYS_DIFFER: {
    status: 400,
    meaning: 'The header Idempotency-Key and the field idempotencyKey name different keys.',
    whatToDo: 'Send one of them only.',
  },
  BATCH_EMPTY: {
    status: 422,
    meaning: 'The batch has no messages.',
    whatToDo: 'Send at least one.',
  },
  BATCH_CONFLICT: {
    status: 422,
    meaning: 'The idempotency key was used before for a batch of other messages, or in another order.',
    whatToDo:
      'Repeat the same list to complete it; send what you have mended or added under another key. Nothing was stored.',
  },
  BATCH_TOO_LARGE: {
    status: 422,
    meaning: 'The batch has {count} messages; it takes {maximum}.',
    whatToDo: 'Send several batches, or a campaign, which may be of any length.',
  },
  LINE_UNREADABLE: {
    status: 422,
    meaning:
      'The line is no recipient: no JSON, other columns than the first line, or characters that are no UTF-8.',
    whatToDo: 'Mend the line; all others have gone their way.',
  },
  LINE_FIELD_UNKNOWN: {
    status: 422,
    meaning: 'The recipient has a field that is not known.',
    whatToDo: 'A recipient has `to`, `text` and `meta` only.',
  },
  LINES_UNREADABLE: {
    status: 400,
    meaning:
      'The list of recipients cannot be read any further: a line is far too long, or a quote is never closed.',
    whatToDo: 'Mend it and send it again under the same name: what is stored already is not stored twice.',
  },
  CSV_HEADER_INVALID: {
    status: 400,
    meaning: 'The first line of the CSV does not name its columns.',
    whatToDo:
      'Name a column `to`; `text` and columns such as `meta.orderId` may stand beside it, and no others.',
  },
  MESSAGE_UNKNOWN: {
    status: 404,
    meaning: 'No such message is known.',
    whatToDo: 'Check the id; what ended longer ago than keepStatusMs is forgotten.',
  },
  MESSAGE_TOO_LATE: {
    status: 409,
    meaning: 'It is too late for that: the message has ended, or a request for it has been made.',
    whatToDo: 'Ask for its status. A message that was not scheduled cannot be moved.',
  },
  CAMPAIGN_UNKNOWN: {
    status: 404,
    meaning: 'No campaign of this name is known.',
    whatToDo: 'Check the name and the account; campaigns are remembered for 30 days after their deadline.',
  },
  CAMPAIGN_CANCELLED: {
    status: 409,
    meaning: 'The campaign was cancelled, and stays so.',
    whatToDo: 'Enqueue it under another name.',
  },
  ROUTE_UNKNOWN: {
    status: 404,
    meaning: 'There is nothing at this address, or not by this method.',
    whatToDo: 'See /docs.',
  },
  GATEWAY_STOPPING: {
    status: 503,
    meaning: 'This gateway is being stopped. Nothing was stored or changed.',
    whatToDo: 'Try again after Retry-After: another one, or this one started anew, will take it.',
  },
  UNEXPECTED: {
    status: 500,
    meaning: 'Something happened that was not foreseen; a message may be stored or not.',
    whatToDo:
      'Send it again under the same idempotency key, and report it: the log of the gateway says more.',
  },
} as const;

export type GatewayErrorCode = keyof typeof gatewayErrors;

/** A request that the gateway cannot serve. `code` is stable; the message never holds a number or a text. */
export class GatewayError extends CodedError<GatewayErrorCode> {
  override readonly name = 'GatewayError';

  constructor(code: GatewayErrorCode, facts?: ErrorFacts) {
    super(code, gatewayErrors[code], facts);
  }
}
