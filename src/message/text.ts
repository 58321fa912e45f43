import { MessageError } from './errors.ts';

/** Character sets that an account can use on the wire. */
export const charsets = ['utf-8', 'iso-8859-9'] as const;
export type Charset = (typeof charsets)[number];

/** The maxima that JetSMS gives accounts: 1, 2, 3 or 4 SMS. Source: code 85 of JetSMS's list of codes. */
export const maxTextLengths = [160, 306, 459, 612] as const;
export type MaxTextLength = (typeof maxTextLengths)[number];

export interface TextRules {
  readonly charset: Charset;
  readonly maxTextLength: MaxTextLength;
}

/** The characters of a text that cannot be sent, told by the first of them. */
export interface EncodingProblem {
  /** `control`: allowed nowhere; `charset`: unknown to the character set. */
  readonly kind: 'control' | 'charset';
  /** The first such character, U+FFFD in place of an invisible one; absent for `control`. */
  readonly character?: string;
  /** Its code point, as `U+1F600`. */
  readonly codePoint: string;
  /** Where it stands, counted from 1 in the characters of `countCharacters`. */
  readonly position: number;
  /** How many such characters there are. */
  readonly count: number;
}

/**
 * Checks a text and returns it as it will be sent (`normalizeText`).
 * @throws MessageError TEXT_INVALID, TEXT_EMPTY, TEXT_HAS_CONTROL_CHARACTER, TEXT_NOT_ENCODABLE, TEXT_TOO_LONG
 */
export function checkText(
  input: unknown,
  rules: { readonly charset: Charset; readonly maxTextLength: number },
): string {
  if (input === undefined || input === null) throw new MessageError('TEXT_EMPTY', 'text');
  if (typeof input !== 'string') throw new MessageError('TEXT_INVALID', 'text');
  const text = normalizeText(input);
  if (isBlank(text)) throw new MessageError('TEXT_EMPTY', 'text');
  const problem = encodingProblem(text, rules.charset);
  if (problem !== undefined) throw encodingError(problem, rules.charset);
  const characters = countCharacters(text);
  if (characters > rules.maxTextLength) {
    throw new MessageError('TEXT_TOO_LONG', 'text', { characters, maximum: rules.maxTextLength });
  }
  return text;
}

/**
 * A text as it goes out: composed (NFC), since macOS writes `ş` as `s` and a cedilla, which no character
 * set of SMS has; and with LF as the only line break, which is what an XML parser makes of the others.
 */
export function normalizeText(text: string): string {
  return alreadyNormal.test(text) ? text : text.normalize('NFC').replace(/\r\n?/g, '\n');
}

/**
 * The characters of a text, counted in UTF-16 units: an emoji counts as two.
 * Our choice: how JetSMS counts is unknown on the wire; its services are written in languages that count
 * so, and this count is never smaller than that of code points.
 */
export function countCharacters(text: string): number {
  return text.length;
}

/**
 * What of a text cannot be sent in a character set; undefined where all of it can.
 * Control characters other than tab, LF and CR are refused in every character set: XML 1.0 forbids most of
 * them, and none can be shown. ISO-8859-9 is meant as written: windows-1254, which many programs put in its
 * place, has € and curly quotes where ISO-8859-9 has control characters.
 */
export function encodingProblem(text: string, charset: Charset): EncodingProblem | undefined {
  return (
    firstOf(forbidden, text, 'control') ??
    (charset === 'utf-8' ? undefined : firstOf(notLatin5, text, 'charset'))
  );
}

/** Every character below U+0300 is composed already. Without CR. */
const alreadyNormal = /^[\t\n\u0020-\u02ff]*$/;

/** C0 and C1 controls except tab, LF and CR; lone surrogates; and what XML 1.0 leaves out (section 2.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/u;

/** ISO-8859-9 is ISO-8859-1 with six Turkish letters in the places of Ð Ý Þ ð ý þ. */
const notLatin5 = /[^\t\n\r\u0020-\u007e\u00a0-\u00cf\u00d1-\u00dc\u00df-\u00ef\u00f1-\u00fc\u00ffĞİŞğış]/u;

function firstOf(unwanted: RegExp, text: string, kind: EncodingProblem['kind']): EncodingProblem | undefined {
  const index = text.search(unwanted);
  if (index < 0) return undefined;
  const code = text.codePointAt(index) ?? 0;
  return {
    kind,
    ...(kind === 'charset' && { character: visible(String.fromCodePoint(code)) }),
    codePoint: codePointName(code),
    position: index + 1,
    count: text.match(new RegExp(unwanted, 'gu'))?.length ?? 0,
  };
}

/** Marks, spaces and format characters could change how the message around them looks. */
function visible(character: string): string {
  return /[\p{C}\p{M}\p{Z}]/u.test(character) ? '\ufffd' : character;
}

/** `U+011F` for a code point. */
export function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function encodingError(problem: EncodingProblem, charset: Charset): MessageError {
  const { count, position, codePoint, character } = problem;
  if (character === undefined) {
    return new MessageError('TEXT_HAS_CONTROL_CHARACTER', 'text', { count, position, codePoint });
  }
  return new MessageError('TEXT_NOT_ENCODABLE', 'text', {
    count,
    position,
    codePoint,
    character,
    charset,
  });
}

function isBlank(text: string): boolean {
  return /^[\s\p{Z}\p{Cf}]*$/u.test(text);
}
