import type { Charset } from '../../message/text.ts';
import type { ProviderRequest, RequestMessage } from '../provider-request.ts';
import { commonText, expireDateOf, ProviderRequestError } from '../provider-request-reading.ts';
import type { RequestLogin } from '../surface.ts';
import { encodeXml, escapeXml } from '../xml-text.ts';

/** A document, and the header that names its character set. */
export interface XmlRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
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
  return {
    headers: { 'content-type': contentTypes[login.charset] },
    body: encodeXml(prolog + document, login.charset),
  };
}

const contentTypes: Readonly<Record<Charset, string>> = {
  'utf-8': 'text/xml; charset=utf-8',
  'iso-8859-9': 'text/xml; charset=iso-8859-9',
};

/**
 * What both documents begin with. An empty start date means now.
 * Our choice: an expire date without a start date. Whether JetSMS takes one without the other is not known.
 */
function headOf(request: ProviderRequest, login: RequestLogin): string {
  return (
    `<username>${escapeXml(login.username)}</username><password>${escapeXml(login.password)}</password>` +
    `<outbox-name>${escapeXml(request.title)}</outbox-name><reference>${escapeXml(request.reference ?? '')}</reference>` +
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
