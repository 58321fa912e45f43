import type { HttpReply } from '../http.ts';
import type { RecipientResult } from '../judge.ts';
import type { ProviderDecision } from '../provider.ts';
import { escapeXml } from '../xml/escape.ts';
import { namespace, type SoapOperation } from './operations.ts';
import type { ServiceFault } from './read-call.ts';

/** The answer of a send operation. */
export function writeDecision(operation: SoapOperation, decision: ProviderDecision): HttpReply {
  const [code, text, recipients] =
    decision.kind === 'accepted'
      ? (['00', decision.groupId, decision.recipients] as const)
      : ([decision.refusal.code, decision.refusal.text, []] as const);
  // Our choice: soap-words. The code alone in the first field, the words in the second.
  if (operation.result === 'send') {
    return writeResult(operation, leaf('ErrorCode', code) + leaf('ID', text));
  }
  // Our choice: v2-result. The group id stands in ResponseMessage, as one client of the REST service has it.
  const array = `<ResponseGroupIdArray>${recipients.map(writeRecipient).join('')}</ResponseGroupIdArray>`;
  return writeResult(operation, leaf('ResponseCode', code) + leaf('ResponseMessage', text) + array);
}

/** The answer of an operation that gives strings. */
export function writeStrings(operation: SoapOperation, strings: readonly string[]): HttpReply {
  if (operation.result === 'string') return writeResult(operation, escapeXml(strings.join('\n')));
  return writeResult(operation, strings.map((string) => leaf('string', string)).join(''));
}

/** A SOAP 1.1 fault. */
export function writeFault({ code, text }: ServiceFault, status = 500): HttpReply {
  const inner = `<faultcode>soap:${code}</faultcode><faultstring>${escapeXml(text)}</faultstring><detail />`;
  return envelope(`<soap:Fault>${inner}</soap:Fault>`, status);
}

function writeRecipient({ number, messageId = '', status }: RecipientResult): string {
  const inner = leaf('GsmNumber', number) + leaf('MessageId', messageId) + leaf('Status', status);
  return `<ResponseGroupId>${inner}</ResponseGroupId>`;
}

/** The response of an operation, with this inside its result. */
export function writeResult({ name }: SoapOperation, inner: string): HttpReply {
  const result = `<${name}Result>${inner}</${name}Result>`;
  return envelope(`<${name}Response xmlns="${namespace}">${result}</${name}Response>`, 200);
}

function envelope(body: string, status: number): HttpReply {
  const text =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<soap:Body>${body}</soap:Body></soap:Envelope>`;
  return { status, contentType: 'text/xml; charset=utf-8', body: text };
}

/** An element that holds text. */
export function leaf(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}
