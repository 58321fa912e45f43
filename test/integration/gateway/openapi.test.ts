import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayWorld, openGateway } from '../../support/gateway-world.ts';
import { recordLog } from '../../support/log-lines.ts';
import {
  type DocumentedOperation,
  documentedOperations,
  misfit,
  oddly,
  oddText,
  openapi,
} from '../../support/openapi.ts';

describe('the OpenAPI document', () => {
  it('is one, of version 3.1', async () => {
    const result = await new Validator().validate(structuredClone(openapi));
    expect(result.errors ?? []).toEqual([]);
    expect(openapi.openapi).toMatch(/^3\.1\./);
  });

  it.each(documentedOperations)('says of $id all that a client needs to know', ({ operation }) => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.tags).toHaveLength(1);
    expect(operation.security).toEqual([{ key: [] }]);
    expect(Object.keys(operation.responses)).toEqual([expect.stringMatching(/^2/), '4XX', '5XX']);
  });

  it('has no name twice, and no schema that nothing uses', () => {
    const ids = documentedOperations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const text = JSON.stringify(openapi);
    for (const name of Object.keys(openapi.components.schemas))
      expect(text).toContain(`"$ref":"#/components/schemas/${name}"`);
  });
});

interface OddRequest {
  readonly operation: DocumentedOperation;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const oddRequest: fc.Arbitrary<OddRequest> = fc.constantFrom(...documentedOperations).chain((operation) =>
  fc.record({
    operation: fc.constant(operation),
    path: pathOf(operation),
    headers: headersOf(operation),
    body: bodyOf(operation),
  }),
);

function pathOf({ path, operation }: DocumentedOperation): fc.Arbitrary<string> {
  const parameters: readonly { name: string; in: string }[] = operation.parameters ?? [];
  const query = parameters.filter((one) => one.in === 'query').map(({ name }) => [name, oddText] as const);
  const odd = fc.record({ ...Object.fromEntries(query), more: oddText }, { requiredKeys: [] });
  return fc.tuple(oddText, odd).map(([part, values]) => {
    const filled = path.replace(/\{\w+\}/, encodeURIComponent(wellFormed(part)));
    const asked = Object.entries(values).map(
      ([name, value]) => `${name}=${encodeURIComponent(wellFormed(String(value)))}`,
    );
    return asked.length === 0 ? filled : `${filled}?${asked.join('&')}`;
  });
}

const wellFormed = (text: string): string => text.replace(/[\ud800-\udfff]/g, '');

function headersOf({ operation }: DocumentedOperation): fc.Arbitrary<Record<string, string>> {
  const parameters: readonly { name: string; in: string }[] = operation.parameters ?? [];
  const headers = parameters.filter((one) => one.in === 'header').map(({ name }) => name);
  const value = fc.string({ minLength: 1, maxLength: 300 });
  const some = fc.record(Object.fromEntries(headers.map((name) => [name, fc.option(value)])));
  return some.map((all) =>
    Object.fromEntries(Object.entries(all).flatMap(([name, own]) => (own === null ? [] : [[name, own]]))),
  );
}

function bodyOf({ operation }: DocumentedOperation): fc.Arbitrary<string | undefined> {
  const content = operation.requestBody?.content;
  if (!content) return fc.constant(undefined);
  const json = content['application/json'];
  const asText = (json ? oddly(json.schema) : fc.jsonValue()).map((value) => JSON.stringify(value) ?? '');
  const lines = fc.array(asText, { maxLength: 5 }).map((all) => all.join('\n'));
  return fc.oneof(
    { weight: 10, arbitrary: json ? asText : lines },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
}

const typeOf = ({ operation }: DocumentedOperation): string =>
  Object.keys(operation.requestBody?.content ?? { 'application/json': {} })[0] ?? '';

describe('the gateway', () => {
  const recorded = recordLog();
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await openGateway({ options: { log: recorded.log } });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const ask = async ({ operation, path, headers, body }: OddRequest): Promise<string> => {
    const response = await request(`${world.url}${path}`, {
      method: operation.method,
      headers: {
        authorization: 'Bearer full',
        ...(body === undefined ? {} : { 'content-type': typeOf(operation) }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const answer: unknown = JSON.parse(await response.body.text());
    if (response.statusCode >= 500) return `${operation.id} ${response.statusCode} ${JSON.stringify(answer)}`;
    return misfit(operation, response.statusCode, answer);
  };

  it('answers whatever it is asked as its document says, and never with 500', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(oddRequest, { minLength: 10, maxLength: 10 }), async (requests) => {
        const wrong = await Promise.all(requests.map(ask));
        expect(wrong.filter(Boolean)).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(recorded.lines.filter(({ msg }) => msg === 'gateway.failed')).toEqual([]);
  }, 120_000);
});
