import Fastify from 'fastify';
import { describeOperations, leaveSchemasToTheDocument } from '../../src/gateway/openapi.ts';
import { operations } from '../../src/gateway/operations.ts';

const app = Fastify();
leaveSchemasToTheDocument(app);
await describeOperations(app);
for (const { method, url, schema } of Object.values(operations))
  app.route({ method, url, schema, handler: async () => undefined });
await app.ready();
const document = app.swagger();

/** docs/openapi.json: the operations of the gateway, for programs. */
export const renderOpenapi = (): string => `${JSON.stringify(document, null, 2)}\n`;
