/** What the page shows of an OpenAPI document; what is not there is left out. */
interface ShownOperation {
  readonly operationId?: string | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
}

/** A page that shows an OpenAPI document to people, without scripts and without anything from elsewhere. Total. */
export function docsPage(document: unknown): string {
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(objectIn(methods)).map(([method, operation]) => section(method, path, operation)),
  );
  const names = Object.entries(objectAt(objectIn(objectAt(document, 'components')), 'schemas'));
  const { title = '', description = '' } = textsIn(objectAt(document, 'info'));
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${html(title)}</title><style>${style}</style>`,
    `<h1>${html(title)}</h1><p>${html(description)}</p>`,
    '<p>For programs: <a href="/openapi.json">openapi.json</a>. Requests carry <code>Authorization: Bearer ‹API key›</code>.</p>',
    '<h2>Operations</h2>',
    ...operations,
    '<h2>Schemas</h2>',
    ...names.map(([name, schema]) => details(name, name, schema)),
    '</html>',
  ].join('\n');
}

function section(method: string, path: string, operation: unknown): string {
  const { operationId = path, summary = '', description = '' }: ShownOperation = textsIn(objectIn(operation));
  const { parameters, requestBody, responses } = objectIn(operation);
  const parts = { parameters, requestBody, responses };
  const shown = Object.entries(parts).filter(([, value]) => value !== undefined);
  return [
    `<section id="${html(operationId)}"><h3><b>${html(method.toUpperCase())}</b> <code>${html(path)}</code></h3>`,
    `<p>${html(summary)}. ${html(description)}</p>`,
    ...shown.map(([name, value]) => details(`${operationId}-${name}`, name, value)),
    '</section>',
  ].join('\n');
}

const details = (id: string, name: string, value: unknown): string =>
  `<details id="${html(id)}"><summary>${html(name)}</summary><pre>${html(JSON.stringify(value, null, 2))}</pre></details>`;

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{overflow:auto;background:#8882;padding:1rem}h3 b{color:#06c}section{border-top:1px solid #8886}';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const html = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

const objectIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const objectAt = (value: unknown, name: string): Readonly<Record<string, unknown>> =>
  objectIn(objectIn(value)[name]);

function textsIn(value: Readonly<Record<string, unknown>>): Readonly<Partial<Record<string, string>>> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
