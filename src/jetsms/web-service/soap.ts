import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { escapeXml } from '../xml-text.ts';
import { mendXml } from './cut-xml.ts';

const namespace = 'http://tempuri.org/';

export interface SoapRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One operation of the web service in SOAP 1.1; `parameters` are its elements, written and in WSDL order. */
export function soapRequest(operation: string, parameters: string): SoapRequest {
  const envelope =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    `<${operation} xmlns="${namespace}">${parameters}</${operation}></soap:Body></soap:Envelope>`;
  return {
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${namespace}${operation}"` },
    body: Buffer.from(envelope),
  };
}

/** A parameter that is one value. */
export function parameter(name: string, value: string): string {
  return `<${name}>${escapeXml(value)}</${name}>`;
}

/** A parameter that is an ArrayOfString. */
export function listParameter(name: string, values: readonly string[]): string {
  return `<${name}>${values.map((value) => parameter('string', value)).join('')}</${name}>`;
}

/** What a body of the web service holds. */
export type SoapReading =
  | SoapResult
  | SoapFault
  /** Not SOAP: to be read as plain text, or not at all. */
  | { readonly kind: 'other'; readonly text: string };

export interface SoapResult {
  readonly kind: 'result';
  readonly value: unknown;
  /** Set where the document broke off; `open` is the element in whose text it did. */
  readonly cut?: { readonly open: string | undefined };
}

export interface SoapFault {
  readonly kind: 'fault';
  /** It says that the request was wrong, so that nothing of it was done. */
  readonly requestWrong: boolean;
  readonly text: string;
}

/** The parser throws at elements of these names, so they are renamed: the rest of the reply can be read. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** The element that holds the status of one recipient. */
const rowElement = 'ResponseGroupId';

const parser: XMLParser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  // Ids have leading zeros and more digits than a number holds.
  parseTagValue: false,
  htmlEntities: true,
  transformTagName: (name) => (reservedNames.has(name) ? `_${name}` : name),
  isArray: (name) => name === 'string' || name === rowElement,
});

/**
 * Reads a body. Total: what is no XML, or carries a DOCTYPE (which SOAP forbids), is `other`. Of a document that broke
 * off the elements are read that came, and the rows that are whole; a fault that broke off is not read.
 */
export function readSoap(bytes: Buffer): SoapReading {
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  const whole = parseXml(text);
  const mended = whole === undefined ? mendXml(text, rowElement) : undefined;
  const body = child(child(whole ?? parseXml(mended?.document ?? ''), 'Envelope'), 'Body');
  const fault = child(body, 'Fault');
  if (body === undefined || (fault !== undefined && mended !== undefined)) return { kind: 'other', text };
  if (fault !== undefined) return readFault(fault);
  const value = childEnding(childEnding(body, 'Response'), 'Result');
  return { kind: 'result', value, ...(mended && { cut: { open: mended.open } }) };
}

/** The parser accepts a cut document without an error, so the validator goes first. */
function parseXml(text: string): unknown {
  if (!text.startsWith('<') || /<!doctype/i.test(text)) return undefined;
  try {
    return XMLValidator.validate(text) === true ? parser.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The fault codes of SOAP 1.1 and 1.2 for a request that was wrong, so that nothing was done. */
const requestWrongCode = /^(?:\w+:)?(?:Client|Sender|VersionMismatch|MustUnderstand)\b/;

/** The words of ASP.NET for the same, as the real service gave them for a wrong `onlengthproblem`, with status 500. */
const requestWrongText = /Instance validation error|unable to read request/i;

function readFault(fault: unknown): SoapFault {
  const code = textOf(child(fault, 'faultcode') ?? child(child(fault, 'Code'), 'Value'));
  const text = textOf(child(fault, 'faultstring') ?? child(child(fault, 'Reason'), 'Text'));
  return { kind: 'fault', requestWrong: requestWrongCode.test(code) || requestWrongText.test(text), text };
}

/** A child element by its name. */
export function child(node: unknown, name: string): unknown {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined;
}

function childEnding(node: unknown, ending: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  return Object.entries(node).find(([name]) => name.endsWith(ending))?.[1];
}

/** The text of an element; '' for one that is absent, empty or not of text alone. */
export function textOf(node: unknown): string {
  return typeof node === 'string' ? node.trim() : '';
}
