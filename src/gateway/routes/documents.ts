import type { FastifyInstance } from 'fastify';
import type { Outcome } from '../answers.ts';
import { docsPage } from '../docs-page.ts';
import { languageOf } from '../language.ts';
import { isProblemCode, wordsOf } from '../problem.ts';
import { refusal } from '../refusals.ts';
import { respond } from '../respond.ts';
import { pathPart } from './params.ts';

/** What anybody may read: the OpenAPI document, a page that shows it, and what the codes of problems mean. */
export function documentRoutes(app: FastifyInstance): void {
  const hidden = { schema: { hide: true } };
  app.get('/openapi.json', hidden, async (_request, reply) => reply.send(app.swagger()));
  app.get('/docs', hidden, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').headers(pageHeaders).send(docsPage(app.swagger())),
  );
  app.get('/problems/:code', hidden, async (request, reply) => {
    const code = pathPart(request, 'code');
    const language = languageOf(request.headers['accept-language']);
    const outcome: Outcome = isProblemCode(code)
      ? {
          status: 200,
          headers: { 'content-language': language, vary: 'accept-language' },
          body: { code, ...inWords(code, language) },
        }
      : refusal('ROUTE_UNKNOWN');
    return respond(request, reply, outcome);
  });
}

function inWords(...which: Parameters<typeof wordsOf>) {
  const { meaning, whatToDo } = wordsOf(...which);
  return { meaning, whatToDo };
}

/** The page has no script, and loads nothing. */
const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
};
