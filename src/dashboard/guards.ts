import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../log/logger.ts';
import { isRead, readOnlyWords } from './access.ts';
import { addressOf } from './address.ts';
import { isFromElsewhere, namesThisMachine, type Provenance } from './headers.ts';
import { type Login, type LoginThrottle, matchesLogin } from './login.ts';

const provenance = ({ headers }: FastifyRequest): Provenance => ({
  host: headers.host,
  fetchSite: headers['sec-fetch-site']?.toString(),
});

/** Browsers send a login with whatever request any page makes: changes must come from our own page. */
export function guardOrigin(app: FastifyInstance, { hasLogin }: { readonly hasLogin: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    const from = provenance(request);
    const isForeign = !isRead(request.method) && isFromElsewhere(from);
    if (isForeign || (!hasLogin && !namesThisMachine(from))) {
      return reply.status(403).send({ message: 'This request came from another site.' });
    }
    return undefined;
  });
}

interface LoginGuard {
  readonly login: Login;
  readonly throttle: LoginThrottle;
  readonly log: Logger;
}

/**
 * Lets nobody in without the login. Counting a login, comparing it and taking a right one back is one step without a
 * pause, so that no other login comes in between.
 */
export async function guardLogin(app: FastifyInstance, { login, throttle, log }: LoginGuard): Promise<void> {
  await app.register(basicAuth, {
    authenticate: { realm: 'JetSMS delivery' },
    async validate(username, password, request, reply) {
      const address = addressOf(request);
      const waitMs = throttle.arrived(address);
      if (waitMs > 0) {
        reply.header('retry-after', Math.ceil(waitMs / 1_000));
        throw Object.assign(new Error('too many wrong logins'), { statusCode: 429 });
      }
      if (matchesLogin({ username, password }, login)) return throttle.passed(address);
      log.warn({ address }, 'dashboard.login-refused');
      throw new Error('wrong login');
    },
  });
  app.addHook('onRequest', app.basicAuth);
}

/** Before Bull Board sees them, and whatever it makes of them. */
export function refuseChanges(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) =>
    isRead(request.method)
      ? undefined
      : reply.status(405).header('allow', 'GET, HEAD').send({ message: readOnlyWords }),
  );
}
