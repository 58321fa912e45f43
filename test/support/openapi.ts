import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';

/** A JSON schema as it stands in the OpenAPI document. */
// biome-ignore lint/suspicious/noExplicitAny: a document of another's form, read by tests
export type Schema = any;

/** The committed OpenAPI document of the gateway. */
export const openapi: Schema = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
);

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Schema;
}

export const documentedOperations: readonly DocumentedOperation[] = Object.entries<Schema>(
  openapi.paths,
).flatMap(([path, methods]) =>
  Object.entries<Schema>(methods).map(([method, operation]) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(openapi, 'openapi');
const validators = new Map<string, ValidateFunction>();

/** What is wrong with an answer by the document; '' where nothing is. */
export function misfit({ id, method, path }: DocumentedOperation, status: number, body: unknown): string {
  const name = [`${status}`, `${Math.floor(status / 100)}XX`].find(
    (one) => openapi.paths[path][method.toLowerCase()].responses[one],
  );
  if (name === undefined) return `${id} has no answer ${status}`;
  const content = openapi.paths[path][method.toLowerCase()].responses[name].content;
  const [type = ''] = Object.keys(content);
  const pointer = ['paths', path, method.toLowerCase(), 'responses', name, 'content', type, 'schema']
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
  validators.set(pointer, validate);
  return validate(body) ? '' : `${id} ${status}: ${ajv.errorsText(validate.errors)}`;
}

/** Values that a schema allows, and some that it does not. */
export function oddly(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const value = depth > 5 ? fc.constant(null) : drawn(schema, depth);
  return fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

const texts = fc.oneof(
  fc.constantFrom(
    '0532 123 45 67',
    '+905321234567',
    'Merhaba',
    'acme',
    'shop',
    'ACME',
    '2030-01-31T09:00:00+03:00',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 700 }),
);

function drawn(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref) return drawn(openapi.components.schemas[schema.$ref.split('/').at(-1)], depth);
  if (schema.enum) return fc.oneof(fc.constantFrom(...schema.enum), texts);
  const types: readonly string[] = [schema.type ?? 'string'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, depth)));
}

function ofType(type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object': {
      const properties = Object.entries<Schema>(
        schema.properties ?? { a: schema.additionalProperties ?? {} },
      );
      const fields = properties.map(([name, own]) => [name, oddly(own, depth + 1)] as const);
      const record = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
      return fc.oneof(
        { weight: 6, arbitrary: record },
        {
          weight: 1,
          arbitrary: fc.tuple(record, fc.dictionary(texts, fc.jsonValue())).map(([a, b]) => ({ ...b, ...a })),
        },
      );
    }
    case 'array':
      return fc.array(oddly(schema.items, depth + 1), { maxLength: 5 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.constant(Date.now() + 60_000));
    case 'boolean':
      return fc.boolean();
    default:
      return texts;
  }
}

/** A parameter as it may stand in an address or a header. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('autumn', 'otp', 'bulk', 'acme', 'true', 'm00000000000000000000', '1893456000000'),
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
