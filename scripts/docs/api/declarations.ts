import { readFileSync } from 'node:fs';
import { type Comment, type Program, parseSync, type Statement } from 'oxc-parser';
import { type DocComment, readDocComment } from './doc-comment.ts';

/** Something that an entry of the package exports, as the source declares it. */
export interface Declared {
  readonly name: string;
  readonly kind: 'function' | 'interface' | 'type' | 'class' | 'constant';
  /** The file that declares it, from the root of the repository. */
  readonly file: string;
  /** Undefined where there is no docstring. */
  readonly doc: DocComment | undefined;
  /** The declaration in one piece of code, without its body. */
  readonly signature: string;
  readonly members: readonly Member[];
  /** Names of what it extends. */
  readonly extends: readonly string[];
  /** Of a function: names of its parameters. */
  readonly params: readonly string[];
}

/** A property or a method of an interface or a class. */
export interface Member {
  readonly name: string;
  readonly doc: DocComment | undefined;
  readonly isOptional: boolean;
  readonly isMethod: boolean;
  /** Of a property its type, of a method all of it. */
  readonly type: string;
  readonly params: readonly string[];
}

const root = new URL('../../../', import.meta.url);

interface Source {
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
}

const sources = new Map<string, Source>();

function read(file: string): Source {
  const known = sources.get(file);
  if (known) return known;
  const text = readFileSync(new URL(file, root), 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const source = { text, program, comments };
  sources.set(file, source);
  return source;
}

/** Everything that a file exports, its own or handed on, in the order of the file. */
export function exportsOf(file: string): readonly Declared[] {
  const { program } = read(file);
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source === null) return [];
    const from = new URL(statement.source.value, new URL(file, root)).pathname.slice(root.pathname.length);
    return statement.specifiers.map(({ local }) =>
      declared('name' in local ? local.name : local.value, from),
    );
  });
}

/** The declaration of a name that a file declares or imports; undefined where it comes from outside. */
export function declaredOrImported(name: string, file: string): Declared | undefined {
  const { program } = read(file);
  for (const statement of program.body) {
    if (declarationIn(statement, name)) return declared(name, file);
    if (statement.type !== 'ImportDeclaration' || !statement.source.value.startsWith('.')) continue;
    if (!statement.specifiers.some(({ local }) => local.name === name)) continue;
    return declared(
      name,
      new URL(statement.source.value, new URL(file, root)).pathname.slice(root.pathname.length),
    );
  }
  return undefined;
}

/** The declaration of a name in a file. */
export function declared(name: string, file: string): Declared {
  const source = read(file);
  for (const statement of source.program.body) {
    const found = declarationIn(statement, name);
    if (found) return describe(found, { name, file, source, doc: docBefore(statement.start, source) });
  }
  throw new Error(`${file} does not declare ${name}`);
}

type Declaration = NonNullable<Extract<Statement, { type: 'ExportNamedDeclaration' }>['declaration']>;

function declarationIn(statement: Statement, name: string): Declaration | undefined {
  const { declaration } =
    statement.type === 'ExportNamedDeclaration' ? statement : { declaration: statement };
  if (declaration === null) return undefined;
  const known = declaration as Declaration; // a statement that declares nothing has no name to be found by
  return namesOf(known).includes(name) ? known : undefined;
}

function namesOf(declaration: Declaration): readonly string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  if (!('id' in declaration) || declaration.id === null || declaration.id.type !== 'Identifier') return [];
  return [declaration.id.name];
}

interface Facts {
  readonly name: string;
  readonly file: string;
  readonly source: Source;
  readonly doc: DocComment | undefined;
}

function describe(declaration: Declaration, { name, file, source, doc }: Facts): Declared {
  const base = { name, file, doc, members: [], extends: [], params: [] };
  const code = (from: { readonly start: number }, to: { readonly start: number } | undefined): string =>
    oneLine(source.text.slice(from.start, to?.start));
  switch (declaration.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction': {
      const signature = code(declaration, declaration.body ?? undefined).replace(
        /^(?:async )?function\*? /,
        '',
      );
      return {
        ...base,
        kind: 'function',
        signature,
        params: declaration.params.map((one) => paramName(one)),
      };
    }
    case 'TSInterfaceDeclaration':
      return {
        ...base,
        kind: 'interface',
        signature: `interface ${name}`,
        members: declaration.body.body
          .flatMap((member) => interfaceMember(member, source))
          .map((member) => ({ ...member, type: typeText(member.type, file) })),
        extends: declaration.extends.map(({ start, end }) => oneLine(source.text.slice(start, end))),
      };
    case 'TSTypeAliasDeclaration': {
      const { start, end } = declaration.typeAnnotation;
      return {
        ...base,
        kind: 'type',
        signature: `type ${name} = ${typeText(source.text.slice(start, end), file)}`,
      };
    }
    case 'ClassDeclaration': {
      const members = declaration.body.body.flatMap((member) => classMember(member, source));
      return { ...base, kind: 'class', signature: `class ${name}`, members };
    }
    case 'VariableDeclaration':
      return describeConstant(declaration, { name, file, source, doc });
    default:
      throw new Error(`${file}: no rule for ${declaration.type} ${name}`);
  }
}

/** A constant that holds a function is a function to whoever calls it. */
function describeConstant(
  { declarations }: Extract<Declaration, { type: 'VariableDeclaration' }>,
  { name, file, source, doc }: Facts,
): Declared {
  const base = { name, file, doc, members: [], extends: [] };
  const found = declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
  if (found?.init?.type === 'ArrowFunctionExpression') {
    const { init } = found;
    const head = source.text.slice(init.start, init.body.start).replace(/=>\s*$/, '');
    return {
      ...base,
      kind: 'function',
      signature: `${name}${oneLine(head)}`,
      params: init.params.map((one) => paramName(one)),
    };
  }
  const annotation = found?.id && 'typeAnnotation' in found.id ? found.id.typeAnnotation : null;
  const type = annotation ? oneLine(source.text.slice(annotation.start, annotation.end)) : '';
  const value =
    annotation || !found?.init ? '' : ` = ${oneLine(source.text.slice(found.init.start, found.init.end))}`;
  return { ...base, kind: 'constant', signature: `const ${name}${type}${value}`, params: [] };
}

interface Ranged {
  readonly start: number;
  readonly end: number;
}

/** What interfaces and classes have, as far as it matters here. */
interface AnyMember extends Ranged {
  readonly type: string;
  readonly key?: Ranged;
  readonly computed?: boolean | undefined;
  readonly optional?: boolean | undefined;
  readonly static?: boolean | undefined;
  readonly override?: boolean | undefined;
  readonly params?: readonly unknown[];
  readonly typeAnnotation?: { readonly typeAnnotation: Ranged } | null | undefined;
}

function interfaceMember(member: AnyMember, source: Source): readonly Member[] {
  const { key } = member;
  if (!key) return [];
  const name = source.text.slice(key.start, key.end);
  const doc = docBefore(member.start, source);
  const isOptional = member.optional === true;
  if (member.type === 'TSMethodSignature') {
    const type = oneLine(source.text.slice(member.start, member.end)).replace(/;$/, '');
    const params = (member.params ?? []).map((one) => paramName(one));
    return [{ name: member.computed ? `[${name}]` : name, doc, isOptional, isMethod: true, type, params }];
  }
  return [{ name, doc, isOptional, isMethod: false, type: typeOf(member, source), params: [] }];
}

/** The fields of a class that are its own to read; those that it only sets anew are its base's. */
function classMember(member: AnyMember, source: Source): readonly Member[] {
  if (member.type !== 'PropertyDefinition' || member.static || member.override || !member.key) return [];
  const name = source.text.slice(member.key.start, member.key.end);
  const doc = docBefore(member.start, source);
  return [{ name, doc, isOptional: false, isMethod: false, type: typeOf(member, source), params: [] }];
}

function typeOf({ typeAnnotation }: AnyMember, { text }: Source): string {
  return typeAnnotation
    ? oneLine(text.slice(typeAnnotation.typeAnnotation.start, typeAnnotation.typeAnnotation.end))
    : '';
}

function paramName(param: unknown): string {
  const { name, left } = param as { readonly name?: string; readonly left?: { readonly name?: string } };
  return name ?? left?.name ?? 'options';
}

/** With `(typeof lanes)[number]` as what it stands for, where that is a list of texts in the same file. */
function typeText(text: string, file: string): string {
  const type = oneLine(text);
  return type.replace(/\(typeof (\w+)\)\[number\]/g, (own, listName: string) => {
    const texts = [...declared(listName, file).signature.matchAll(/'[^']*'/g)].map(([one]) => one);
    return texts.length === 0 ? own : texts.join(' | ');
  });
}

function docBefore(start: number, { text, comments }: Source): DocComment | undefined {
  const before = comments.findLast(({ end }) => end <= start);
  if (before?.type !== 'Block' || !before.value.startsWith('*')) return undefined;
  return text.slice(before.end, start).trim() === '' ? readDocComment(before.value) : undefined;
}

const oneLine = (text: string): string =>
  text
    .replace(/\/\*\*?[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/,? \}/g, ' }')
    .replace(/\( /g, '(')
    .replace(/,? \)/g, ')')
    .replace(/^\| /, '')
    .trim();
