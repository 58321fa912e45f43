import { isLengthRule } from '../submission.ts';
import { decodeDocument } from '../xml/decode.ts';
import { asElement, asList, leafText, parseXml, type XmlElement } from '../xml/parse.ts';
import { namespace, operations, type SoapOperation } from './operations.ts';

/** What stands in a call, by parameter name; what is left out is empty. */
export interface Parameters {
  text(name: string): string;
  list(name: string): readonly string[];
}

/** A SOAP fault: the request never reached the operation. */
export interface ServiceFault {
  readonly code: 'Client' | 'Server';
  readonly text: string;
}

export type CallReading =
  | { readonly kind: 'call'; readonly operation: SoapOperation; readonly parameters: Parameters }
  | { readonly kind: 'fault'; readonly fault: ServiceFault };

export interface CallRequest {
  readonly body: Buffer;
  readonly contentType?: string;
  readonly soapAction?: string;
}

/**
 * Reads a SOAP 1.1 request.
 * Our choice: soap-faults. Words and conditions are those of an ASP.NET service; one was seen for this one.
 */
export function readCall({ body, contentType, soapAction }: CallRequest): CallReading {
  const operation = findOperation(soapAction);
  if (operation === undefined) {
    return fault('Server did not recognize the value of HTTP Header SOAPAction.');
  }
  const decoded = decodeDocument(body, contentType);
  if (decoded.kind === 'unreadable') return unreadable(decoded.reason);
  const parsed = parseXml(decoded.text, { isList: (name) => name === 'string' });
  if (parsed.kind === 'broken') return unreadable(parsed.reason);
  const envelope = parsed.root === 'Envelope' ? asElement(parsed.element) : undefined;
  const call = asElement(envelope?.['Body'])?.[operation.name];
  if (call === undefined) return unreadable('The body does not hold the operation that SOAPAction names.');
  return readParameters(operation, asElement(call) ?? {});
}

/** The operation that the header SOAPAction names. */
export function findOperation(soapAction: string | undefined): SoapOperation | undefined {
  return operations.find(({ name }) => unquoted(soapAction) === `${namespace}${name}`);
}

function readParameters(operation: SoapOperation, call: XmlElement): CallReading {
  const rule = leafText(call['onlengthproblem']);
  if (rule !== undefined && !isLengthRule(rule)) {
    // As seen on the real service.
    return unreadable(`Instance validation error: '${rule}' is not a valid value for enmOnLengthProblem.`);
  }
  const parameters = {
    text: (name: string) => leafText(call[name])?.trim() ?? '',
    list: (name: string) => asList(asElement(call[name])?.['string']).map((item) => leafText(item) ?? ''),
  };
  return { kind: 'call', operation, parameters };
}

function unquoted(soapAction = ''): string {
  return soapAction.trim().replace(/^"(.*)"$/, '$1');
}

function unreadable(reason: string): CallReading {
  return fault(`Server was unable to read request. ---> There is an error in XML document. ---> ${reason}`);
}

function fault(text: string): CallReading {
  return { kind: 'fault', fault: { code: 'Client', text } };
}
