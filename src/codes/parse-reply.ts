import { fold } from './fold.ts';
import { codeList } from './list.ts';
import type { NotAReply, Reply } from './reply.ts';

/** How much of the provider's words is kept, in UTF-16 units. Our choice. */
export const maxReplyTextLength = 500;

/** Two or three digits, then white space or the end: `10wrong`, `1` and `1000 …` are no codes. */
const leadingCode = /^([0-9]{2,3})(?=\s|$)/;

/** The list prints the web service's own replies without a code in front; they are known by their words. */
const codeByWords: ReadonlyMap<string, string> = new Map(
  codeList.flatMap(({ surface, literal, code }) =>
    surface === 'web-service' && literal !== null ? [[fold(literal), code]] : [],
  ),
);
const longestWords = Math.max(...[...codeByWords.keys()].map((words) => words.length));

/**
 * Reads what JetSMS answered. Total: never throws, whatever comes.
 *
 * Bytes are UTF-8 where they are valid UTF-8, else ISO-8859-9. A byte-order mark, line ends and spaces around
 * the reply are dropped; white space and control characters within the text become single spaces.
 * Only the first token can be a code. A page of markup, an empty body or anything else is not a reply.
 *
 * Source: the provider's list (literal replies) and the vendor's Python client (trim, then first token).
 */
export function parseReply(input: Uint8Array | string): Reply {
  const body = (typeof input === 'string' ? input : decodeReply(input)).trim();
  if (body === '') return notAReply('empty');
  if (body.startsWith('<')) return notAReply('html');

  const code = leadingCode.exec(body)?.[1];
  if (code !== undefined) return { kind: 'reply', code, text: tidy(body.slice(code.length)) };

  const named = codeFromWords(body);
  if (named !== undefined) return { kind: 'reply', code: named, text: tidy(body) };
  return notAReply('malformed');
}

/** Strict UTF-8, else ISO-8859-9; a UTF-8 byte-order mark is dropped even before ISO-8859-9 bytes. */
export function decodeReply(bytes: Uint8Array): string {
  const content = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    // Not UTF-8: JetSMS's older encoding. The decoder's windows-1254 holds all letters of ISO-8859-9.
    return new TextDecoder('iso-8859-9').decode(content);
  }
}

function codeFromWords(body: string): string | undefined {
  // Spaces may be doubled on the wire; a body far longer than any of the words cannot be one of them.
  return body.length > 2 * longestWords ? undefined : codeByWords.get(fold(body));
}

/** One line that is safe to log and to print: no control or invisible characters, bounded, well-formed. */
function tidy(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.slice(0, maxReplyTextLength).toWellFormed().trimEnd();
}

function notAReply(cause: NotAReply['cause']): NotAReply {
  return { kind: 'not-a-reply', cause };
}
