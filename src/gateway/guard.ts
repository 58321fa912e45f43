import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressOf } from '../dashboard/address.ts';
import { createLoginThrottle, type LoginThrottle } from '../dashboard/login.ts';
import type { Logger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { ApiKeys, KeyGrant } from './keys/grant.ts';
import type { Refusal } from './problem.ts';
import { refusal, refusalOf } from './refusals.ts';
import { respond } from './respond.ts';
import { rightRefusal } from './scope.ts';

/** Wrong keys from one network in a minute; then it is told to wait. A right key is let in all the same. */
const mostWrongKeys = 20;
const throttleWindowMs = 60_000;

export interface GuardOptions {
  readonly keys: ApiKeys;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
}

/** Nobody can say whether a key is right. What is no trouble of Redis is logged where all that nobody expected is. */
function noAnswer(error: unknown): Refusal {
  const refused = refusalOf(error);
  if (refused.flaws[0].code === 'UNEXPECTED') throw error;
  return refused;
}

/** Lets nobody in without an API key that has the right, before a byte of the body is read. */
export function guardKeys(app: FastifyInstance, { keys, log, metrics }: GuardOptions): void {
  const throttle = createLoginThrottle({
    mostTries: mostWrongKeys,
    windowMs: throttleWindowMs,
    now: () => performance.now(),
  });
  app.addHook('onRequest', async (request, reply) => {
    const key = keyIn(request.headers.authorization);
    if (key === undefined) return refuse(request, reply, refusal('KEY_MISSING'));
    const grant = await keys.verify(key).catch(noAnswer);
    if (grant && 'flaws' in grant) return refuse(request, reply, grant);
    if (!grant) {
      const address = addressOf(request);
      metrics.gatewayKeyRefused();
      log.warn({ address }, 'gateway.key-refused');
      return refuse(request, reply, wrongKey(address, throttle));
    }
    request.grant = grant;
    const refused = missingRight(grant, request);
    return refused && refuse(request, reply, refused);
  });
}

const refuse = (request: FastifyRequest, reply: FastifyReply, refused: Refusal): FastifyReply =>
  respond(request, reply, refused);

/** The key of `Authorization: Bearer …`. Total. */
export function keyIn(authorization: string | undefined): string | undefined {
  const [, key] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  return key;
}

function wrongKey(address: string, throttle: LoginThrottle): Refusal {
  const waitMs = throttle.arrived(address);
  if (waitMs <= 0) return refusal('KEY_INVALID');
  return { ...refusal('KEY_TRIES_EXCEEDED'), retryAfterS: Math.ceil(waitMs / 1_000) };
}

function missingRight(grant: KeyGrant, { routeOptions }: FastifyRequest): Refusal | undefined {
  const { right } = routeOptions.config;
  return right === undefined ? undefined : rightRefusal(grant, right);
}
