import { isMessageError, type MessageError } from '../message/errors.ts';
import { OperatorError } from '../operator/operator-error.ts';
import { ProducerError } from '../producer/errors.ts';
import { GatewayError, type GatewayErrorCode, gatewayErrors } from './errors.ts';
import type { Flaw, Refusal, RefusalFacts, Spot } from './problem.ts';
import { producerProblems } from './producer-problems.ts';

/** Where the field of a message stands in the request. */
export type SpotOf = (field: string) => Spot | undefined;

/** A field of the body, of which the message is the whole, or the part at `base`. */
export const inBody =
  (base = ''): SpotOf =>
  (field) => ({ pointer: field === 'message' ? base : `${base}/${field}` });

/** A refusal of the gateway's own. */
export function refusal(code: GatewayErrorCode, flaw: Omit<Flaw, 'code'> = {}): Refusal {
  const { status } = gatewayErrors[code];
  return { status, flaws: [{ code, ...flaw }], ...(status === 503 ? { retryAfterS: 1 } : {}) };
}

/** All that is wrong with a message. */
export function messageRefusal(
  errors: readonly [MessageError, ...MessageError[]],
  spotOf: SpotOf = inBody(),
): Refusal {
  const [first, ...rest] = errors;
  return { status: 422, flaws: [flawOf(first, spotOf), ...rest.map((error) => flawOf(error, spotOf))] };
}

function flawOf({ code, field, details }: MessageError, spotOf: SpotOf): Flaw {
  const name = code === 'FIELD_UNKNOWN' ? String(details['name']) : field;
  const at = spotOf(/^\w+$/.test(name) ? name : field);
  return { code, details, ...(at ? { at } : {}) };
}

/**
 * Whatever was thrown as an answer. Total: what nobody expected is `UNEXPECTED`, and its words stay inside.
 * @param spotOf where the fields of a message stand; in the body where left out
 */
export function refusalOf(error: unknown, spotOf: SpotOf = inBody()): Refusal {
  if (isMessageError(error)) return messageRefusal([error], spotOf);
  if (error instanceof ProducerError) return producerRefusal(error, spotOf);
  if (error instanceof GatewayError) return refusal(error.code);
  if (error instanceof OperatorError) return operatorRefusal(error);
  const code = frameworkCodes.get(codeOf(error));
  return refusal(code ?? 'UNEXPECTED');
}

function producerRefusal(error: ProducerError, spotOf: SpotOf): Refusal {
  const { code, mayBeStored, messageId, reason, fields } = error;
  const { status, retryAfterS } = producerProblems[code];
  const at = code === 'ACCOUNT_UNKNOWN' ? spotOf('account') : undefined;
  const facts: RefusalFacts = {
    ...(status === 503 ? { mayBeStored } : {}),
    ...(messageId === undefined ? {} : { messageId }),
    ...(reason === undefined ? {} : { reason }),
    ...(fields.length === 0 ? {} : { fields }),
  };
  return {
    status,
    flaws: [{ code, ...(at ? { at } : {}) }],
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    facts,
  };
}

const operatorRefusal = ({ code }: OperatorError): Refusal =>
  code === 'REDIS_REFUSED' || code === 'REDIS_UNAVAILABLE' ? redisRefusal(code) : refusal('UNEXPECTED');

/** Redis was not there, or said no, before anything was stored. */
function redisRefusal(code: 'REDIS_REFUSED' | 'REDIS_UNAVAILABLE'): Refusal {
  const { status, retryAfterS = 1 } = producerProblems[code];
  return { status, flaws: [{ code }], retryAfterS, facts: { mayBeStored: false } };
}

/** What Fastify and Node refuse before we are asked. */
const frameworkCodes: ReadonlyMap<unknown, GatewayErrorCode> = new Map([
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'BODY_UNREADABLE'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'BODY_UNREADABLE'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'BODY_UNREADABLE'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'BODY_TOO_LARGE'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'MEDIA_TYPE_UNSUPPORTED'],
  ['FST_ERR_BAD_URL', 'ROUTE_UNKNOWN'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'ROUTE_UNKNOWN'],
  ['FST_ERR_NOT_FOUND', 'ROUTE_UNKNOWN'],
  ['ECONNRESET', 'BODY_CUT'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'BODY_CUT'],
]);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
