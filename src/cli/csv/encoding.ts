import { isAscii, isUtf8 } from 'node:buffer';

/**
 * In which encoding a line is. UTF-8 and Windows-1254 ("CSV" of Excel in Turkey, and with it ISO-8859-9) cannot
 * always be told apart by one line, so all lines of the file bear witness. The rule:
 *
 * 1. A byte-order mark proves UTF-8, for all lines.
 * 2. A line that is valid UTF-8 is UTF-8. Two letters of Windows-1254 (`Ü’`) can look like one of UTF-8: such a line
 *    is Windows-1254 where others are and none is surely UTF-8.
 * 3. A line that is not valid UTF-8 but has pieces of it is broken UTF-8: damaged, or cut in mid-character.
 * 4. Any other line is Windows-1254 if all its characters are usual there: letters of Western Europe and Turkish, quotation
 *    marks, dashes and the like; what is left of a letter of UTF-8 is not (`Ÿ`, `±`). Where a line of the file is surely
 *    UTF-8, it must also have at least two bytes beyond ASCII, all of them Turkish letters: more than one bad byte makes.
 *
 * A line that is in neither cannot be read. Names that are mojibake must not be texted, so what is in doubt is refused.
 */
export type LineEncoding = 'utf-8' | 'windows-1254' | 'unreadable';

/** What the bytes of one line say by themselves. */
export type LineTrace =
  | 'ascii'
  | 'utf-8'
  | 'perhaps-utf-8'
  | 'perhaps-windows-1254'
  | 'windows-1254'
  | 'broken';

/** What the whole file says. */
export interface EncodingEvidence {
  readonly hasByteOrderMark: boolean;
  /** Some line is surely UTF-8. */
  readonly hasUtf8: boolean;
  /** Some line is no UTF-8 and may be Windows-1254. */
  readonly hasWindows1254: boolean;
}

/** A line's bytes as text; undefined where they are in no encoding that the file can have. */
export function decodeLine(line: Uint8Array, evidence: EncodingEvidence): string | undefined {
  const encoding = encodingOf(traceOf(line), evidence);
  // No text has a zero byte.
  if (encoding === 'unreadable' || line.includes(0)) return undefined;
  const text = (encoding === 'utf-8' ? utf8 : windows1254).decode(line);
  const isReadable = encoding === 'utf-8' ? !spoiled.test(text) : usualInWindows1254.test(text);
  return isReadable ? text : undefined;
}

export function encodingOf(trace: LineTrace, evidence: EncodingEvidence): LineEncoding {
  const { hasByteOrderMark, hasUtf8, hasWindows1254 } = evidence;
  const provesUtf8 = hasByteOrderMark || hasUtf8;
  switch (trace) {
    case 'ascii':
    case 'utf-8':
      return 'utf-8';
    case 'perhaps-utf-8':
      return provesUtf8 || !hasWindows1254 ? 'utf-8' : 'windows-1254';
    case 'windows-1254':
      return hasByteOrderMark ? 'unreadable' : 'windows-1254';
    case 'perhaps-windows-1254':
      return provesUtf8 ? 'unreadable' : 'windows-1254';
    case 'broken':
      return 'unreadable';
  }
}

export function traceOf(line: Uint8Array): LineTrace {
  if (isAscii(line)) return 'ascii';
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  const hasPieces = piecesOfUtf8.test(bytes);
  if (isUtf8(line)) return hasPieces ? 'utf-8' : 'perhaps-utf-8';
  if (hasPieces) return 'broken';
  return isSurelyWindows1254(bytes) ? 'windows-1254' : 'perhaps-windows-1254';
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const windows1254 = new TextDecoder('windows-1254');

/**
 * Bytes, one a character, that text in Windows-1254 does not have: the first byte of a Turkish letter in UTF-8 (there
 * Ã, Ä, Å, which Turkish does not write); a quotation mark or € of UTF-8, also when cut; other characters of three
 * or four bytes; several of two bytes in a row.
 */
const piecesOfUtf8 =
  /[\xc3-\xc5]|\xc2[\x80-\xbf]|\xe2[\x80-\x84]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]|(?:[\xc2-\xdf][\x80-\xbf]){2}/;

/** ÇĞÖÜİŞ çğöüış in Windows-1254. */
const turkishLetter = /^[\xc7\xd0\xd6\xdc\xdd\xde\xe7\xf0\xf6\xfc\xfd\xfe]$/;

function isSurelyWindows1254(bytes: string): boolean {
  const beyondAscii = bytes.match(/[\x80-\xff]/g) ?? [];
  return beyondAscii.length >= 2 && beyondAscii.every((byte) => turkishLetter.test(byte));
}

/** ASCII, letters without Ã, Ä, Å and ÿ (0xFF), and signs that texts have. */
const usualInWindows1254 = /^[\p{ASCII}€…‘’“”•–—™\u00a0©«®°´·»½À-ÂÆ-ÖØ-öø-üĞİŞğış]*$/u;

/**
 * What another program has left that could not read its own input, in UTF-8 that is valid: the replacement character, or a
 * Turkish letter that was read as Windows-1252 or -1254 and written as UTF-8 once more (`Ã¼`, `ÅŸ`).
 */
const spoiled = /\ufffd|Ã[§‡¶–¼œ\u0087\u0096\u009c]|[ÄÅ][žŸ\u009e\u009f]|Ä[°±]/;
