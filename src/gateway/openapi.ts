import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { type JsonSchema, schemas } from './schemas.ts';

/** Makes the OpenAPI 3.1 document of all operations that are registered behind this. */
export async function describeOperations(app: FastifyInstance): Promise<void> {
  for (const [name, schema] of Object.entries(schemas)) app.addSchema({ $id: name, title: name, ...schema });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'JetSMS delivery: HTTP gateway',
        description:
          'Send SMS through JetSMS from any language. Once a request is answered with 202, the message is stored: it ends accepted by JetSMS, or as a dead letter that says why, or called off.',
        version: '1',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'this gateway' }],
      tags: [
        { name: 'messages', description: 'One message, or up to 1,000 at once' },
        { name: 'campaigns', description: 'Any number of recipients under one name' },
        { name: 'facts', description: 'Codes, parts, accounts' },
      ],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key (`jetsms keys create`)' },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
    },
  });
}

/** Fastify neither checks nor writes by the schemas: the checks are those of `send()`, and tell all problems at once. */
export function leaveSchemasToTheDocument(app: FastifyInstance): void {
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value: JsonSchema) => JSON.stringify(value));
}
