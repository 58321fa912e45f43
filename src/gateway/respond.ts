import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayOperation } from '../metrics/labels.ts';
import { isRefusal, type Outcome } from './answers.ts';
import { GatewayError } from './errors.ts';
import type { KeyGrant } from './keys/grant.ts';
import { languageOf } from './language.ts';
import { type ProblemCode, problemOf, type Refusal } from './problem.ts';
import type { Right } from './scope.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of whom the request comes; set by the guard of /v1. */
    grant: KeyGrant | undefined;
    /** Why it was refused. */
    problemCode: ProblemCode | undefined;
  }
  interface FastifyContextConfig {
    operation?: GatewayOperation;
    right?: Right;
  }
}

/** What a request asks for. */
export const operationOf = ({ routeOptions }: FastifyRequest): GatewayOperation =>
  routeOptions.config.operation ?? 'other';

/** Of whom a request comes. @throws GatewayError KEY_MISSING where no guard has seen it: a bug */
export function grantOf({ grant }: FastifyRequest): KeyGrant {
  if (grant) return grant;
  throw new GatewayError('KEY_MISSING');
}

/** Answers a request by what it has come to. */
export function respond(request: FastifyRequest, reply: FastifyReply, outcome: Outcome): FastifyReply {
  if (isRefusal(outcome)) return refuse(request, reply, outcome);
  const { status, headers = {}, body } = outcome;
  return reply.status(status).headers(headers).send(body);
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const language = languageOf(request.headers['accept-language']);
  const { status, flaws, retryAfterS } = refusal;
  request.problemCode = flaws[0].code;
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (hasMoreToCome(request)) reply.header('connection', 'close');
  return reply
    .status(status)
    .type('application/problem+json')
    .header('content-language', language)
    .header('vary', 'accept-language')
    .send(problemOf(refusal, language));
}

/** What a refused request may still bring on a connection that is kept. */
const mostLeftBytes = 65_536;

/** Whether a long body is on its way that nobody will read: its sender is not to send all of it. */
function hasMoreToCome({ raw, headers }: FastifyRequest): boolean {
  if (raw.complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > mostLeftBytes;
}
