import { readNumber, splitNumbers } from '../numbers.ts';
import { refusal } from '../replies.ts';
import type { ProviderRefusal, SubmissionReading, SubmittedMessage } from '../submission.ts';
import { decodeDocument } from './decode.ts';
import { asElement, asList, leafText, parseXml, type XmlElement, type XmlNode } from './parse.ts';

type MessagesReading =
  | { readonly kind: 'messages'; readonly messages: readonly SubmittedMessage[] }
  | { readonly kind: 'misshapen'; readonly reason: string };

const readers: ReadonlyMap<string, (root: XmlElement) => MessagesReading> = new Map(
  Object.entries({
    smmgsd: readOneText,
    mmmgsd: readManyTexts,
  }),
);

/** Reads the body of a request to `xmlsms`: a `message-context` document of type smmgsd or mmmgsd. */
export function readDocument(body: Buffer, contentType?: string): SubmissionReading {
  if (body.length === 0) return refused(refusal('90-xml-null'));
  const decoded = decodeDocument(body, contentType);
  if (decoded.kind === 'unreadable') return refused(refusal('90-parser', { detail: decoded.reason }));
  if (decoded.text.trim() === '') return refused(refusal('90-xml-null'));
  const parsed = parseXml(decoded.text, { isList: (name) => name === 'message' });
  if (parsed.kind === 'broken') return refused(refusal('90-parser', { detail: parsed.reason }));
  const root = asElement(parsed.element);
  if (parsed.root !== 'message-context' || root === undefined) {
    return misshapen('message-context bekleniyordu');
  }
  return readContext(root);
}

function readContext(root: XmlElement): SubmissionReading {
  const read = readers.get(leafText(root['@type']) ?? '');
  if (read === undefined) return misshapen('message-context type gecersiz');
  const found = read(root);
  if (found.kind === 'misshapen') return misshapen(found.reason);
  const submission = {
    surface: 'xml',
    username: head(root, 'username'),
    password: head(root, 'password'),
    title: head(root, 'outbox-name'),
    reference: head(root, 'reference'),
    startDate: head(root, 'start-date'),
    expireDate: head(root, 'expire-date'),
    messages: found.messages,
    // XML has no choice here: the account's maximum decides.
    lengthRule: 'RejectAllPackage',
    answersPerRecipient: false,
  } as const;
  return { kind: 'submission', submission };
}

/** smmgsd: one text, many numbers; `gsmnos` stands under the root or inside `message`. */
function readOneText(root: XmlElement): MessagesReading {
  const text = leafText(root['text']);
  if (text === undefined || text === '') return { kind: 'misshapen', reason: 'text bulunamadi' };
  const wrappers = asList(root['message']);
  if (wrappers.some((wrapper) => asElement(wrapper)?.['gsmno'] !== undefined)) {
    return { kind: 'misshapen', reason: 'smmgsd icinde gsmno olamaz' };
  }
  const lists = [root, ...wrappers.map(asElement)].flatMap((holder) => asList(holder?.['gsmnos']));
  // Our choice: repeated-numbers. Each is a message of its own.
  const numbers = lists.flatMap((list) => splitNumbers(leafText(list) ?? ''));
  return { kind: 'messages', messages: numbers.map((number) => ({ number, to: readNumber(number), text })) };
}

/** mmmgsd: one `message` a recipient, each with its number and text. */
function readManyTexts(root: XmlElement): MessagesReading {
  if (root['gsmnos'] !== undefined) return { kind: 'misshapen', reason: 'mmmgsd icinde gsmnos olamaz' };
  const messages: SubmittedMessage[] = [];
  for (const item of asList(root['message'])) {
    const message = readMessage(item);
    if (message === undefined) return { kind: 'misshapen', reason: 'message icinde gsmno ve text olmali' };
    messages.push(message);
  }
  return { kind: 'messages', messages };
}

function readMessage(item: XmlNode): SubmittedMessage | undefined {
  const element = asElement(item);
  const number = leafText(element?.['gsmno']);
  const text = leafText(element?.['text']);
  if (number === undefined || text === undefined || text === '') return undefined;
  return { number, to: readNumber(number), text };
}

function head(root: XmlElement, name: string): string {
  return leafText(root[name])?.trim() ?? '';
}

/** Our choice: shape. The explanation's words, and that a missing or empty text is a matter of shape. */
function misshapen(reason: string): SubmissionReading {
  return refused(refusal('90-other', { detail: reason }));
}

function refused(refusal: ProviderRefusal): SubmissionReading {
  return { kind: 'refused', refusal };
}
