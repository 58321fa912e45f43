/** A document's characters, or why its bytes give none. */
export type DecodedDocument =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Windows-1254, and ISO-8859-9 too, since TextDecoder reads that as Windows-1254. They differ in the bytes from 80 to
 * 9F: control characters in ISO-8859-9, signs such as € in Windows-1254. A text that has either is refused with 80.
 */
const decodeTurkish = (bytes: Buffer): string => new TextDecoder('windows-1254').decode(bytes);

const decoders: ReadonlyMap<string, (bytes: Buffer) => string> = new Map(
  Object.entries({
    utf8: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    usascii: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    iso88599: decodeTurkish,
    latin5: decodeTurkish,
    iso88591: (bytes) => bytes.toString('latin1'),
    windows1254: decodeTurkish,
  }),
);

/**
 * Decodes an XML document.
 * Our choice: charset. The prolog decides, as for any XML parser that is fed bytes; without one the
 * `Content-Type` header's charset does, and without that UTF-8. Clients send contradicting ones and work.
 */
export function decodeDocument(bytes: Buffer, contentType = ''): DecodedDocument {
  const name = prologEncoding(bytes) ?? headerCharset(contentType) ?? 'utf-8';
  const decoder = decoders.get(name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (decoder === undefined) return { kind: 'unreadable', reason: 'Unsupported encoding' };
  try {
    return { kind: 'text', text: decoder(bytes) };
  } catch {
    return { kind: 'unreadable', reason: 'Invalid byte sequence for the declared encoding' };
  }
}

function prologEncoding(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 200);
  return /^(?:\u00EF\u00BB\u00BF)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1];
}

function headerCharset(contentType: string): string | undefined {
  return /charset\s*=\s*"?([^;"\s]+)/i.exec(contentType)?.[1];
}
