import { fold } from './fold.ts';
import { codeList } from './list.ts';
import type { NotAReply, Reply } from './reply.ts';

/** How much of the provider's words is kept, in UTF-16 units. Our choice. */
export const maxReplyTextLength = 500;

/** JetSMS has taken the request. */
export const acceptedCode = '00';

/** Two or three digits, then white space or the end: `10wrong`, `1` and `1000 …` are no codes. */
const leadingCode = /^([0-9]{2,3})(?=\s|$)/;

/** The list prints the web service's own replies without a code in front; they are known by their words. */
const codeByWords: ReadonlyMap<string, string> = new Map(
  codeList.flatMap(({ surface, literal, code }) =>
    surface === 'web-service' && literal !== null ? [[fold(literal), code]] : [],
  ),
);
const longestWords = Math.max(...[...codeByWords.keys()].map((words) => words.length));

/** How a reply came. */
export interface ReplyOptions {
  /**
   * The reply broke off before its end: what came of it is read, and nothing is taken for whole that may go on.
   * @default false
   */
  readonly isCut?: boolean;
}

/**
 * Reads what JetSMS answered. Total: never throws, whatever comes.
 *
 * Bytes are UTF-8 where they are valid UTF-8, else ISO-8859-9. A byte-order mark, line ends and spaces around
 * the reply are dropped; white space and control characters within the text become single spaces.
 * Only the first token can be a code. A page of markup, an empty body or anything else is not a reply.
 *
 * Of a cut reply the code counts only where white space shows that it is whole. `00` counts at the very end too:
 * no code of the list begins with it and goes on.
 *
 * Source: the provider's list (literal replies) and the vendor's Python client (trim, then first token).
 *
 * @param input the body of an answer, in bytes or as text
 * @param options whether it broke off
 * @returns the reply, not judged yet
 * @example
 * import { parseReply } from 'jetsms-producer/codes';
 *
 * console.log(parseReply('11 not enough limit')); // → { kind: 'reply', code: '11', text: 'not enough limit' }
 */
export function parseReply(input: Uint8Array | string, options: ReplyOptions = {}): Reply {
  // In JavaScript a caller may give anything.
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) return notAReply('malformed');
  const isCut = options?.isCut === true;
  const body = (typeof input === 'string' ? input : decodeReply(input, { isCut })).trimStart();
  if (body === '') return notAReply('empty');
  if (body.startsWith('<')) return notAReply('html');

  const code = leadingCode.exec(body)?.[1];
  if (code !== undefined) return readCoded(code, body.slice(code.length), isCut);

  const named = isCut ? undefined : codeFromWords(body);
  if (named !== undefined) return { kind: 'reply', code: named, text: tidy(body) };
  return notAReply('malformed');
}

function readCoded(code: string, rest: string, isCut: boolean): Reply {
  const text = tidy(rest);
  if (!isCut) return { kind: 'reply', code, text };
  if (rest === '' && code !== acceptedCode) return notAReply('malformed');
  return { kind: 'reply', code, text, cut: /\s$/.test(rest) ? 'after-word' : 'in-word' };
}

/**
 * Strict UTF-8, else ISO-8859-9; a UTF-8 byte-order mark is dropped even before ISO-8859-9 bytes. A character in
 * which a cut reply breaks off is left out.
 */
export function decodeReply(bytes: Uint8Array, { isCut = false }: ReplyOptions = {}): string {
  const content = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content, { stream: isCut });
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
