import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element's children and attributes (`@name`) by name; a leaf is its text. */
export type XmlNode = string | XmlElement | readonly XmlNode[];
export interface XmlElement {
  readonly [name: string]: XmlNode | undefined;
}

/** A parsed document, or what a parser would complain about. */
export type Parsed =
  | { readonly kind: 'document'; readonly root: string; readonly element: XmlNode }
  | { readonly kind: 'broken'; readonly reason: string };

// A character reference, or one of XML's own five entities: every other `&` breaks the document.
const strayAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/;
const sectionsAndComments = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids.
const forbiddenCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const reference = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\da-fA-F]+));/g;
const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

/**
 * Parses as strictly as the provider's parser presumably does. The library alone accepts truncated documents
 * and HTML's entities, which XML does not have.
 */
export function parseXml(text: string, { isList }: { isList: (name: string) => boolean }): Parsed {
  const flaw = findFlaw(text);
  if (flaw !== undefined) return { kind: 'broken', reason: flaw };

  const plain = escapeSections(text);
  if (strayAmpersand.test(plain)) return { kind: 'broken', reason: 'Undefined entity' };
  const document = parser(isList).parse(plain) as XmlElement;
  const roots = Object.keys(document).filter((name) => name !== '?xml' && name !== '#text');
  const [root] = roots;
  const element = root === undefined ? undefined : document[root];
  if (root === undefined || element === undefined || roots.length > 1 || isNodeList(element)) {
    return { kind: 'broken', reason: 'The document must have exactly one root element' };
  }
  return { kind: 'document', root, element };
}

/** The node as an element; undefined where it is a leaf or a list. */
export function asElement(node: XmlNode | undefined): XmlElement | undefined {
  return typeof node === 'object' && !isNodeList(node) ? node : undefined;
}

/** The text of a leaf, references resolved; undefined where there is no such leaf, or more than one. */
export function leafText(node: XmlNode | undefined): string | undefined {
  if (typeof node === 'string') return resolveReferences(node);
  const element = asElement(node);
  if (element === undefined) return undefined;
  const hasChildren = Object.keys(element).some((name) => !name.startsWith('@') && name !== '#text');
  return hasChildren ? undefined : leafText(element['#text'] ?? '');
}

/** The node as a list: none, one or many. */
export function asList(node: XmlNode | undefined): readonly XmlNode[] {
  if (node === undefined) return [];
  return isNodeList(node) ? node : [node];
}

function isNodeList(node: XmlNode): node is readonly XmlNode[] {
  return Array.isArray(node);
}

function findFlaw(text: string): string | undefined {
  if (forbiddenCharacter.test(text)) return 'An invalid XML character was found';
  // Our choice: doctype. Refused, as hardened parsers do.
  if (/<!DOCTYPE/i.test(text)) return 'DOCTYPE is disallowed';
  const verdict = XMLValidator.validate(text);
  return verdict === true ? undefined : verdict.err.msg;
}

function escapeSections(text: string): string {
  if (!text.includes('<!')) return text;
  return text.replaceAll(sectionsAndComments, (_, section: string | undefined) =>
    (section ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  );
}

/** The library throws at elements of these names, which XML allows, so they are renamed. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function parser(isList: (name: string) => boolean): XMLParser {
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    removeNSPrefix: true,
    isArray: isList,
    transformTagName: (name) => (reservedNames.has(name) ? `_${name}` : name),
  });
}

function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(reference, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return entities.get(name) ?? '';
    return character(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal));
  });
}

function character(codePoint: number): string {
  return codePoint <= 0x10_ffff ? String.fromCodePoint(codePoint) : '\uFFFD';
}
