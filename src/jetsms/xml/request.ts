import { parseReply } from '../../codes/index.ts';
import type { Charset } from '../../message/text.ts';
import { outcomeOfStatus } from '../http-outcome.ts';
import type { Accepted, RefusedByCode, Uncertain } from '../outcome.ts';
import type { ProviderRequest, RequestMessage } from '../provider-request.ts';
import { commonText, expireDateOf, ProviderRequestError } from '../provider-request-reading.ts';
import { outcomeOfReply, type ReplySurroundings } from '../reply-outcome.ts';
import type { RequestLogin, Surface } from '../surface.ts';
import { encodeXml, escapeXml } from '../xml-text.ts';

export interface XmlRequest {
  readonly body: Buffer;
  readonly contentType: string;
}

/**
 * The document of a request: `smmgsd` (one text, many numbers) where all texts are equal, else
 * `mmmgsd` (many texts, one number each). Elements, their order and the empty ones are those of the
 * vendor's Python client.
 * @throws ProviderRequestError MMS_NEEDS_WEB_SERVICE
 */
export function buildXmlRequest(request: ProviderRequest, login: RequestLogin): XmlRequest {
  if (request.media) throw new ProviderRequestError('MMS_NEEDS_WEB_SERVICE');
  const head = headOf(request, login);
  const text = commonText(request);
  const document = text === undefined ? manyTexts(request, head) : singleText(request, text, head);
  const prolog = `<?xml version="1.0" encoding="${login.charset}"?>`;
  return { body: encodeXml(prolog + document, login.charset), contentType: contentTypes[login.charset] };
}

const contentTypes: Readonly<Record<Charset, string>> = {
  'utf-8': 'text/xml; charset=utf-8',
  'iso-8859-9': 'text/xml; charset=iso-8859-9',
};

/**
 * What both documents begin with. An empty start date means now.
 * Our choice: an expire date without a start date; that JetSMS takes one without the other is unknown on
 * the wire.
 */
function headOf(request: ProviderRequest, login: RequestLogin): string {
  return (
    `<username>${escapeXml(login.username)}</username><password>${escapeXml(login.password)}</password>` +
    `<outbox-name>${escapeXml(request.title)}</outbox-name><reference></reference>` +
    `<start-date></start-date><expire-date>${expireDateOf(request)}</expire-date>`
  );
}

function singleText(request: ProviderRequest, text: string, head: string): string {
  const numbers = request.messages.map(({ to }) => escapeXml(to)).join(',');
  return (
    `<message-context type="smmgsd">${head}<message-header></message-header>` +
    `<text>${escapeXml(text)}</text><gsmnos>${numbers}</gsmnos></message-context>`
  );
}

function manyTexts(request: ProviderRequest, head: string): string {
  return `<message-context type="mmmgsd">${head}${request.messages.map(messageElement).join('')}</message-context>`;
}

function messageElement({ to, text }: RequestMessage): string {
  return `<message><gsmno>${escapeXml(to)}</gsmno><text>${escapeXml(text)}</text></message>`;
}

/** What the bytes of a 200 came to. */
export function readXmlReply(
  bytes: Uint8Array,
  surroundings: ReplySurroundings = {},
): Accepted | RefusedByCode | Uncertain {
  return outcomeOfReply(parseReply(bytes, { isCut: surroundings.cut !== undefined }), surroundings);
}

/** JetSMS over XML: one document out, one line of plain text back. */
export const xmlSurface: Surface = {
  buildRequest(request, login) {
    const { body, contentType } = buildXmlRequest(request, login);
    return { body, headers: { 'content-type': contentType } };
  },
  readReply({ status, headers, body }, context) {
    return { outcome: outcomeOfStatus(status, headers, context.nowMs) ?? readXmlReply(body, context) };
  },
};
