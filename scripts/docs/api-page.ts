import { eventsErrors } from '../../src/events/errors.ts';
import { messageErrors } from '../../src/message/errors.ts';
import { laneDefaults, lanes } from '../../src/message/lane.ts';
import { producerErrors } from '../../src/producer/errors.ts';
import { messageStates } from '../../src/status/message-status.ts';
import { type Declared, exportsOf, type Member } from './api/declarations.ts';
import { type Entry, entries, isInput, membersOf } from './api/entries.ts';
import { errorFamilies } from './errors-page.ts';

/** docs/api.md: everything that apps import, from its docstrings. */
export function renderApiMarkdown(): string {
  const sections = entries.map((entry) => sectionOf(entry));
  return [
    '<!-- Made by scripts/generate-docs.ts from the docstrings of src/producer, src/events and src/codes; do not edit. -->',
    '',
    '# API',
    '',
    'What backend apps import. Each example is run as a test, word for word, one after the other; what it prints stands',
    'behind `// →`. Examples that use `producer` go on from the one of `createProducer()`.',
    '',
    'Times are a `Date`, epoch milliseconds or ISO 8601 with a time zone. Lengths of time that people write are texts:',
    "`'90s'`, `'5m'`, `'1h30m'`, `'7d'`. Names that end in `Ms` are numbers of milliseconds. All times are judged by the",
    'clock of Redis.',
    '',
    ...contents(sections),
    ...lanesSection(),
    ...sections.flatMap(({ lines }) => lines),
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
    .concat('\n');
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

function contents(sections: readonly Section[]): readonly string[] {
  const items = sections.flatMap(({ title, lines }) => {
    const calls = lines.flatMap((line) => /^### (.*)$/.exec(line)?.[1] ?? []);
    return [`- ${linkTo(title)}: ${calls.map(linkTo).join(', ')}`];
  });
  return ['## Contents', '', `- ${linkTo('Lanes')}`, ...items, ''];
}

const minuteMs = 60_000;

function lanesSection(): readonly string[] {
  const rows = lanes.map((lane) => {
    const { deadlineMs, whenUncertain, whenNotFound } = laneDefaults[lane];
    const minutes = deadlineMs / minuteMs;
    const deadline = minutes < 60 ? `${minutes} minutes` : `${minutes / 60} hours`;
    return `| \`${lane}\` | ${deadline} | \`${whenUncertain}\` | \`${whenNotFound}\` |`;
  });
  return [
    '## Lanes',
    '',
    'How urgent a message is, and what follows where it says nothing else. A deadline counts from the time of sending.',
    '',
    '| `lane` | `deadline` | `whenUncertain` | `whenNotFound` |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
}

function sectionOf(entry: Entry): Section {
  const all = exportsOf(entry.file);
  const byName = new Map(all.map((one) => [one.name, one]));
  const instances = new Set(Object.keys(entry.instances));
  const page: Page = { byName, instances, shown: new Set(instances) };
  const functions = all.filter(({ kind }) => kind === 'function');
  const calls = [
    ...functions.filter(({ name }) => name.startsWith('create')),
    ...functions.filter(({ name }) => !name.startsWith('create')),
  ];
  const lines = [
    `## ${entry.title}`,
    '',
    `\`import … from '${entry.module}'\``,
    '',
    ...calls.filter(({ name }) => name.startsWith('create')).flatMap((one) => functionSection(one, page)),
    ...Object.entries(entry.instances).flatMap(([name, instance]) =>
      methodSections(byName.get(name), instance, page),
    ),
    ...calls.filter(({ name }) => !name.startsWith('create')).flatMap((one) => functionSection(one, page)),
    ...typesSection(entry, all, page),
  ];
  return { title: entry.title, lines };
}

interface Page {
  readonly byName: ReadonlyMap<string, Declared>;
  /** Interfaces whose methods have sections, and which have none themselves. */
  readonly instances: ReadonlySet<string>;
  /** What has its place on the page already. */
  readonly shown: Set<string>;
}

/** A function, or a method as it is called. */
interface Call extends Pick<Member, 'doc' | 'params'> {
  readonly title: string;
  readonly signature: string;
}

const functionSection = (declared: Declared, page: Page): readonly string[] =>
  callSection({ ...declared, title: `${declared.name}()` }, page);

function methodSections(declared: Declared | undefined, instance: string, page: Page): readonly string[] {
  if (!declared) return [];
  const all = membersOf(declared).filter(({ isMethod }) => isMethod);
  const isLast = ({ name }: Member): boolean => name === 'close';
  const methods = [...all.filter((method) => !isLast(method)), ...all.filter(isLast)];
  return methods.flatMap(({ name, type, ...method }) => {
    const isIterator = name === '[Symbol.asyncIterator]';
    const title = isIterator ? `for await (… of ${instance})` : `${instance}.${name}()`;
    return callSection({ ...method, title, signature: isIterator ? type : `${instance}.${type}` }, page);
  });
}

function callSection({ title, signature, doc, params }: Call, page: Page): readonly string[] {
  const { description = '', returns, throws = [], examples = [] } = doc ?? {};
  const inputs = namesIn(signature).filter((name) => {
    const found = page.byName.get(name);
    return found !== undefined && isInput(found) && !page.shown.has(name);
  });
  return [
    `### ${title}`,
    '',
    fence(signature),
    '',
    description,
    '',
    ...params.map((name) => `- \`${name}\`: ${doc?.params.get(name) ?? ''}`),
    ...(returns === undefined ? [] : [`- returns ${returns}`]),
    ...typeLinks(signature, page),
    '',
    ...inputs.flatMap((name) => inputTable(name, page)),
    ...errorsOf(throws),
    ...examples.flatMap((code) => ['Example:', '', '```ts', code, '```', '']),
  ];
}

const fence = (signature: string): string => `\`\`\`text\n${signature}\n\`\`\``;

const namesIn = (code: string): readonly string[] => [...new Set(code.match(/\b[A-Z]\w+/g) ?? [])];

function typeLinks(signature: string, { byName, instances }: Page): readonly string[] {
  const links = namesIn(signature)
    .filter((name) => byName.has(name) && !instances.has(name))
    .map(linkTo);
  return links.length === 0 ? [] : [`- types: ${links.join(', ')}`];
}

function inputTable(name: string, page: Page): readonly string[] {
  const declared = page.byName.get(name);
  if (!declared) return [];
  page.shown.add(name);
  const members = membersOf(declared);
  const nested = namesIn(members.map(({ type }) => type).join(' ')).filter((one) => {
    const found = page.byName.get(one);
    return found !== undefined && isInput(found) && !page.shown.has(one);
  });
  const rows = members.map(({ name: option, type, isOptional, doc }) => {
    const fallback = isOptional ? (doc?.default ?? '') : '*needed*';
    return `| \`${option}\` | ${typeCell(type)} | ${cell(fallback)} | ${cell(doc?.description ?? '')} |`;
  });
  return [
    `#### ${name}`,
    '',
    declared.doc?.description ?? '',
    '',
    '| option | type | default | what it is |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...nested.flatMap((one) => inputTable(one, page)),
  ];
}

function errorsOf(throws: readonly string[]): readonly string[] {
  if (throws.length === 0) return [];
  const codes = [...new Set(throws.flatMap((text) => text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []))];
  const rows = codes.map((code) => {
    const { meaning, whatToDo } = rowOf(code, throws);
    return `| \`${code}\` | ${cell(meaning)} | ${cell(whatToDo)} |`;
  });
  return [
    'Errors:',
    '',
    ...throws.map(errorLine),
    '',
    ...(rows.length === 0 ? [] : ['| code | what it means | what to do |', '|---|---|---|', ...rows, '']),
  ];
}

const familyOf = (className: string) => errorFamilies.find(({ classes }) => classes.includes(className));

/** What is thrown, its class linked to the list of all of its codes. */
function errorLine(text: string): string {
  const [, className = '', rest = ''] = /^(\w+)\s*(.*)$/.exec(text) ?? [];
  const family = familyOf(className);
  const name = family ? `[\`${className}\`](errors.md#${slug(family.title)})` : `\`${className}\``;
  return `- ${name} ${rest}`;
}

/** The row of a code in the tables of the classes that are named beside it. */
function rowOf(code: string, throws: readonly string[]) {
  const text = throws.find((one) => one.includes(code)) ?? '';
  const table = familyOf(/^\w+/.exec(text)?.[0] ?? '')?.table ?? {};
  const row = table[code];
  if (row === undefined) throw new Error(`${code} is in no table of ${text}`);
  return row;
}

function typesSection({ title }: Entry, all: readonly Declared[], page: Page): readonly string[] {
  const rest = all.filter(
    ({ kind, name }) => kind !== 'function' && !page.shown.has(name) && name !== 'MessageCalls',
  );
  const sorted = rest.toSorted((one, other) => one.name.localeCompare(other.name));
  return [`### Types of ${title.toLowerCase()}`, '', ...sorted.flatMap(typeSection)];
}

function typeSection(declared: Declared): readonly string[] {
  const { name, kind, signature, doc } = declared;
  const head = [`#### ${name}`, '', doc?.description ?? '', ''];
  if (kind === 'type' || kind === 'constant') return [...head, ...definition(signature)];
  const fields = membersOf(declared);
  const inherited = kind === 'class' ? ['| `code` | `string` | Stable; one of those of the class. |'] : [];
  return [
    ...head,
    isInput(declared) ? '| option | type | what it is |' : '| field | type | what it is |',
    '|---|---|---|',
    ...inherited,
    ...fields.map((field) => {
      const fallback = isInput(declared) && field.isOptional ? ` Default: ${field.doc?.default}.` : '';
      const told = `${field.doc?.description ?? ''}${fallback}`.trim();
      return `| \`${field.name}${field.isOptional ? '?' : ''}\` | ${typeCell(field.type)} | ${cell(told)} |`;
    }),
    '',
  ];
}

/** Codes and states have pages of their own. */
function definition(signature: string): readonly string[] {
  const [, table] = /= keyof typeof (\w+)$/.exec(signature) ?? [];
  if (table === undefined) return [fence(signature), ''];
  const tables = { messageErrors, producerErrors, eventsErrors, messageStates };
  const names = Object.keys(tables[table as keyof typeof tables]);
  return [`One of ${names.map((name) => `\`${name}\``).join(', ')}.`, ''];
}

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');

const linkTo = (heading: string): string => `[${heading}](#${slug(heading)})`;

const typeCell = (type: string): string => (type === '' ? '' : `\`${type.replaceAll('|', '\\|')}\``);

const cell = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
