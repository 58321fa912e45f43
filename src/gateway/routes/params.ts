import type { FastifyRequest } from 'fastify';

/** A piece of the path, by its name; '' where there is none. Total. */
export function pathPart({ params }: Pick<FastifyRequest, 'params'>, name: string): string {
  const found: unknown = new Map(Object.entries(params ?? {})).get(name);
  return typeof found === 'string' ? found : '';
}

/** The fields of a JSON body; undefined where it is no object or has others than these. Total. */
export function fieldsOf<const Name extends string>(
  body: unknown,
  names: readonly Name[],
): Readonly<Partial<Record<Name, unknown>>> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const fields: Partial<Record<Name, unknown>> = {};
  for (const [key, value] of Object.entries(body)) {
    const known = names.find((name) => name === key);
    if (known === undefined) return undefined;
    fields[known] = value;
  }
  return fields;
}
