import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyServerOptions } from 'fastify';
import { GatewayError } from './errors.ts';
import { guardKeys } from './guard.ts';
import type { ApiKeys } from './keys/grant.ts';
import { textOf } from './lines.ts';
import { observe } from './observe.ts';
import { describeOperations, leaveSchemasToTheDocument } from './openapi.ts';
import { limitRates } from './rate.ts';
import { refusal, refusalOf } from './refusals.ts';
import { operationOf, respond } from './respond.ts';
import { batchRoutes } from './routes/batch.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { documentRoutes } from './routes/documents.ts';
import { factRoutes } from './routes/facts.ts';
import { messageRoutes } from './routes/messages.ts';
import type { RouteTools } from './tools.ts';

export interface AppOptions extends RouteTools {
  readonly keys: ApiKeys;
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly maxBodyBytes: number;
  /** In PEM; http without it. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** True from when it is being closed: what comes on open connections is turned away. */
  readonly isStopping: () => boolean;
}

/** A body that does not go on for so long is given up. Our choice. */
const silentConnectionMs = 120_000;

/** The longest id and name that there are, with room. */
const longestPathPart = 256;

/** The gateway as an HTTP application; nothing is served yet. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = openApp(options);
  app.decorateRequest('grant', undefined);
  app.decorateRequest('problemCode', undefined);
  leaveSchemasToTheDocument(app);
  answerTroubles(app, options);
  observe(app, options);
  turnAwayWhileStopping(app, options);
  refuseCompressed(app);
  readJson(app);
  await describeOperations(app);
  documentRoutes(app);
  await app.register(keyedRoutes(options));
  await app.ready();
  return app;
}

/** Everything under /v1, behind the keys. */
const keyedRoutes =
  (options: AppOptions): FastifyPluginAsync =>
  async (app) => {
    guardKeys(app, options);
    await limitRates(app, options);
    messageRoutes(app, options);
    batchRoutes(app, options);
    campaignRoutes(app, options);
    factRoutes(app, options);
  };

function openApp({ maxBodyBytes, trustedProxies, tls }: AppOptions): FastifyInstance {
  const server = {
    bodyLimit: maxBodyBytes,
    trustProxy: [...trustedProxies],
    connectionTimeout: silentConnectionMs,
    // By us: with a problem as everything else.
    return503OnClosing: false,
    routerOptions: { maxParamLength: longestPathPart },
    frameworkErrors: (error, request, reply) => void respond(request, reply, refusalOf(error)),
  } satisfies FastifyServerOptions;
  if (!tls) return Fastify(server);
  return Fastify({ ...server, https: tls }) as unknown as FastifyInstance; // the same to us; only its type differs
}

function answerTroubles(app: FastifyInstance, { log }: AppOptions): void {
  app.setNotFoundHandler((request, reply) => respond(request, reply, refusal('ROUTE_UNKNOWN')));
  app.setErrorHandler((error, request, reply) => {
    const refused = refusalOf(error);
    if (refused.flaws[0].code === 'UNEXPECTED')
      log.error({ err: error, operation: operationOf(request) }, 'gateway.failed');
    return respond(request, reply, refused);
  });
}

/** Requests that began before are finished, and their connections with them. */
function turnAwayWhileStopping(app: FastifyInstance, { isStopping }: AppOptions): void {
  app.addHook('onRequest', async (request, reply) =>
    isStopping() ? respond(request, reply, refusal('GATEWAY_STOPPING')) : undefined,
  );
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping()) reply.header('connection', 'close');
  });
}

/** Whoever compresses a body is told so, and not that it is no JSON. */
function refuseCompressed(app: FastifyInstance): void {
  app.addHook('preParsing', async ({ headers }) => {
    if ((headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new GatewayError('ENCODING_UNSUPPORTED');
  });
}

/** JSON, and nothing where there is none: a DELETE may come with the content type of the requests before it. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  // As bytes: what is no UTF-8 would become other words, and be texted so.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const text = typeof body === 'string' ? body : textOf(body);
    if (text === undefined) return done(new GatewayError('BODY_UNREADABLE'));
    return parse(request, text, (error, value) => {
      done(error && new GatewayError('BODY_UNREADABLE', { cause: error }), value);
    });
  });
}
