import Fastify, { type FastifyPluginAsync, type FastifyReply } from 'fastify';
import { type Logger, silentLogger } from '../log/logger.ts';
import { whenReady } from '../queue/redis.ts';
import { passwordsOf } from '../queue/redis-address.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { describeRefusal } from '../queue/redis-refusals.ts';
import { readTrouble } from '../queue/redis-trouble.ts';
import { isLoopback } from '../settings/rules.ts';
import type { Settings } from '../settings/settings.ts';
import { type Board, createBoard } from './board.ts';
import { logChanges } from './change-log.ts';
import { DashboardError } from './errors.ts';
import { guardLogin, guardOrigin, refuseChanges } from './guards.ts';
import { securityHeaders } from './headers.ts';
import { createLoginThrottle, type Login, type LoginThrottle } from './login.ts';

/** The settings that the dashboard needs. */
export type DashboardSettings = Pick<
  Settings,
  | 'accounts'
  | 'prefix'
  | 'redisUrl'
  | 'dashboardHost'
  | 'dashboardPort'
  | 'dashboardUsername'
  | 'dashboardPassword'
  | 'dashboardPath'
  | 'dashboardWritable'
  | 'dashboardTrustedProxies'
>;

export interface DashboardOptions {
  /** Read with the need `dashboard`. */
  readonly settings: DashboardSettings;
  /** Stays open. One that fails fast (`openOperatorRedis`), or pages wait for as long as Redis is away. */
  readonly redis: RedisClient;
  /** Default: nothing is written. */
  readonly log?: Logger;
  /** Epoch milliseconds; default the clock. */
  readonly now?: () => number;
  /** How long `listen()` waits for Redis, in milliseconds; default 5,000. */
  readonly redisWaitMs?: number;
}

/** Bull Board over all accounts' queues and dead letters: behind a login, masked, read-only unless the settings say otherwise. */
export interface Dashboard extends AsyncDisposable {
  /**
   * Begins to serve once Redis is there. Once only.
   * @throws DashboardError `REDIS_UNAVAILABLE`, `REDIS_REFUSED`; Error with code `EADDRINUSE` and the like where the address cannot be taken
   */
  listen(): Promise<void>;
  /** Where it is served; only after `listen()`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Wrong logins from one network in a minute; then it waits for the rest of that minute. */
const mostWrongLogins = 10;
const throttleWindowMs = 60_000;

/** Every change that is allowed has an empty body. */
const mostBodyBytes = 4_096;

/**
 * Builds the dashboard; nothing happens before `listen()`, and nothing is ever written to Redis but what a
 * person does on a writable board.
 *
 * @throws DashboardError `DASHBOARD_UNPROTECTED` for an address that others can reach, without a login
 */
export function createDashboard({
  settings,
  redis,
  log = silentLogger(),
  now = Date.now,
  redisWaitMs = 5_000,
}: DashboardOptions): Dashboard {
  const login = loginOf(settings);
  if (!login && !isLoopback(settings.dashboardHost)) throw new DashboardError('DASHBOARD_UNPROTECTED');

  const basePath = settings.dashboardPath.replace(/\/+$/, '');
  const throttle = createLoginThrottle({ mostTries: mostWrongLogins, windowMs: throttleWindowMs, now });
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: mostBodyBytes,
    trustProxy: [...settings.dashboardTrustedProxies],
  });
  // Asked for now, Node remembers it: a caller that has gone when it is needed has none any more.
  app.server.on('connection', (socket) => void socket.remoteAddress);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(securityHeaders));
  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ message: 'There is nothing here.' }));
  app.get('/healthz', (_request, reply) => answerHealth(redis, reply));
  let board: Board | undefined;
  let url = '';
  const close = async (): Promise<void> => {
    await app.close();
    await board?.close();
  };
  return {
    async listen() {
      await telling(() => whenReady(redis, redisWaitMs));
      const opened = createBoard({
        redis,
        prefix: settings.prefix,
        accounts: [...settings.accounts.keys()],
        writable: settings.dashboardWritable,
        basePath,
        secrets: secretsOf(settings),
        log,
      });
      board = opened;
      await telling(() => opened.ready());
      app.register(behindGuards(opened, { settings, basePath, login, throttle, log }));
      const { dashboardHost: host, dashboardPort: port } = settings;
      const address = new URL(await app.listen({ host, port }));
      url = `${address.origin}${basePath}/`;
    },
    get url() {
      return url;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Guards {
  readonly settings: DashboardSettings;
  readonly basePath: string;
  readonly login: Login | undefined;
  readonly throttle: LoginThrottle;
  readonly log: Logger;
}

/** The board, its scripts and styles included, behind everything that a request must pass first. */
function behindGuards(
  board: Board,
  { settings, basePath, login, throttle, log }: Guards,
): FastifyPluginAsync {
  return async (app) => {
    guardOrigin(app, { hasLogin: login !== undefined });
    if (login) await guardLogin(app, { login, throttle, log });
    logChanges(app, { log, user: login?.username, queueNames: board.queueNames });
    if (!settings.dashboardWritable) refuseChanges(app);
    await app.register(board.plugin, { prefix: basePath });
  };
}

/** BullMQ's queues are never well again if Redis goes away while they are made: then nothing is served. */
async function telling(wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (cause) {
    const trouble = readTrouble(cause);
    if (trouble.kind !== 'refused') throw new DashboardError('REDIS_UNAVAILABLE', { cause });
    throw new DashboardError('REDIS_REFUSED', { detail: describeRefusal(trouble.reason), cause });
  }
}

function loginOf({ dashboardUsername, dashboardPassword }: DashboardSettings): Login | undefined {
  if (dashboardUsername === '' || dashboardPassword === '') return undefined;
  return { username: dashboardUsername, password: dashboardPassword };
}

/** Shorter ones would tear holes in words that are not ours. */
const shortestSecret = 4;

function secretsOf({ accounts, dashboardPassword, redisUrl }: DashboardSettings): readonly string[] {
  const passwords = [...accounts.values()].map(({ password }) => password);
  return [...passwords, dashboardPassword, ...passwordsOf(redisUrl)].filter(
    (secret) => secret.length >= shortestSecret,
  );
}

/** For whoever watches the process; says nothing that needs a login. */
async function answerHealth(redis: RedisClient, reply: FastifyReply): Promise<FastifyReply> {
  try {
    await redis.ping();
    return await reply.send({ status: 'ok' });
  } catch {
    return reply.status(503).send({ status: 'Redis does not answer' });
  }
}
