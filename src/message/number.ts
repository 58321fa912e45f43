import { createRequire } from 'node:module';
import type { PhoneNumber } from 'libphonenumber-js/mobile';
import { MessageError, type MessageErrorCode } from './errors.ts';

type Library = typeof import('libphonenumber-js/mobile');

let library: Library | undefined;

/**
 * Loads the tables of the world's numbers, some 60 ms, which a program that only imports the producer need not
 * pay. The first number would load them; whoever knows that numbers will come calls this before.
 */
export function loadNumberTables(): Library {
  library ??= createRequire(import.meta.url)('libphonenumber-js/mobile') as Library;
  return library;
}

/**
 * Brings a mobile number to the provider's form: digits, country code first, no plus sign
 * (`905321234567`). Takes every usual Turkish spelling, with any spaces, dashes, dots, slashes and brackets;
 * a number of another country only where + or 00 stands before its country code, since `5352345678` is
 * a Turkish number without and a Cuban one with it.
 * A JavaScript number is taken as its digits: 5321234567 is as clear as '5321234567'.
 * @throws MessageError NUMBER_EMPTY, NUMBER_INVALID, NUMBER_NOT_MOBILE, NUMBER_NEEDS_COUNTRY_CODE,
 * NUMBER_READ_AS_TURKISH, NUMBER_DOUBLE_ZERO, NUMBER_DIGITS_LOST
 */
export function normalizeNumber(input: unknown): string {
  if (typeof input === 'string' && isCanonicalTurkish(input)) return input;
  const written = strip(fromSpreadsheet(halfWidth(inputText(input)).trim()));
  if (written === '') throw refusal('NUMBER_EMPTY');
  if (!/^\+?[0-9]+$/.test(written)) throw refusal('NUMBER_INVALID');
  if (/^00+5[0-9]{9}$/.test(written)) throw refusal('NUMBER_DOUBLE_ZERO');
  const canonical = written.replace(/^(?:\+90|0090|90|0)?(?=5[0-9]{9}$)/, '90');
  if (isCanonicalTurkish(canonical)) return canonical;
  const international = written.replace(/^00/, '+');
  return international.startsWith('+') ? fromInternational(international) : fromNational(written);
}

/** Whether this is a number in the provider's form, as `normalizeNumber` returns it. Checks the shape only. */
export function isProviderNumber(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9][0-9]{6,14}$/.test(value) && !isReadAsTurkish(value);
}

/**
 * No plus sign goes out, and JetSMS's own client writes Turkish numbers with ten digits. So what has ten digits and
 * begins with 5 may be taken for a Turkish number, whatever country it was meant for.
 */
function isReadAsTurkish(digits: string): boolean {
  return /^5[0-9]{9}$/.test(digits);
}

/**
 * Country codes of one and two digits, as the ITU gives them out (E.164); all others have three. Ten digits from 5 on
 * are taken for a Turkish number without its country, of which nothing may be taken for one.
 */
const countryCode =
  /^(?!5[0-9]{9}$)(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[1-9][0-9]{2})/;

/** So many digits at least are never shown. */
const leastHidden = 5;

/**
 * A number as people may see it: the country and the last two digits, `+90*****67`. What is too short to hide five
 * digits is hidden whole.
 * Takes any text: only its digits are looked at, so that a text in the wrong place is not shown.
 */
export function maskNumber(number: string): string {
  const digits = number.replace(/[^0-9]/g, '');
  const [country = ''] = countryCode.exec(digits) ?? [];
  const hidden = digits.length - country.length - 2;
  return hidden < leastHidden ? '*****' : `${country && '+'}${country}*****${digits.slice(-2)}`;
}

/** Three digits of an operator → whether every number that begins with them is a mobile one. */
const wholePrefixes = new Map<string, boolean>();

/** The cheap way for the form that bulk lists have: libphonenumber is asked once a prefix. */
function isCanonicalTurkish(text: string): boolean {
  if (!/^905[0-9]{9}$/.test(text)) return false;
  const prefix = text.slice(2, 5);
  const known = wholePrefixes.get(prefix);
  if (known !== undefined) return known;
  const whole = isWholePrefix(prefix);
  wholePrefixes.set(prefix, whole);
  return whole;
}

/** Some prefixes (561, 582) are given out in part only; their first and last numbers tell. */
function isWholePrefix(prefix: string): boolean {
  return ['0000000', '9999999'].every((rest) => parse(`+90${prefix}${rest}`)?.isValid() === true);
}

function inputText(input: unknown): string {
  if (typeof input === 'string') return input;
  if (input === undefined || input === null) return '';
  if (typeof input === 'number' && Number.isSafeInteger(input) && input > 0) return String(input);
  throw refusal('NUMBER_INVALID');
}

/**
 * Full-width forms (０５３２) as the ASCII that they stand for. Not by NFKC, which makes digits of footnote marks
 * too: an incomplete number with a ² behind it would become somebody's.
 */
function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

/**
 * A number that a spreadsheet has written as a text (`'0532…`) or as a quantity (`5321234567.0`, `5,321234567E+9`).
 * @throws MessageError NUMBER_DIGITS_LOST where the spreadsheet has rounded it: `5,32E+09`
 */
function fromSpreadsheet(text: string): string {
  const [, whole = '', decimals = '', exponent = '0'] =
    /^'?(\+?[0-9]+)(?:[.,]([0-9]*))?(?:[eE]\+?([0-9]{1,2}))?$/.exec(text) ?? [];
  if (whole === '') return text.replace(/^['’]/, '');
  if (Number(exponent) > 0) return unrounded(whole, decimals, Number(exponent));
  // Nobody writes a dot before the last digit of a number: this is a fraction, and no number of anybody's.
  if (/^[1-9]$/.test(decimals)) throw refusal('NUMBER_INVALID');
  return /^0*$/.test(decimals) ? whole : text;
}

/** All digits of a quantity with an exponent; the last ones are known only where the decimals reach the units. */
function unrounded(whole: string, decimals: string, exponent: number): string {
  if (decimals.length !== exponent) throw refusal('NUMBER_DIGITS_LOST');
  return whole + decimals;
}

/** Drops what people write between digits. */
function strip(text: string): string {
  return text.replace(/[\s\p{Z}\p{Cf}\p{Pd}\u2212./()]+/gu, '');
}

function fromInternational(written: string): string {
  const parsed = parse(written);
  if (parsed === undefined) throw refusal('NUMBER_INVALID');
  if (!parsed.isValid()) throw refusal(reason(parsed));
  const digits = parsed.number.slice(1);
  if (isReadAsTurkish(digits)) throw refusal('NUMBER_READ_AS_TURKISH');
  return digits;
}

function fromNational(written: string): string {
  const parsed = parse(written);
  if (parsed?.isValid()) return parsed.number.slice(1);
  if (!written.startsWith('0') && written.length > 10 && parse(`+${written}`)?.isValid()) {
    throw refusal('NUMBER_NEEDS_COUNTRY_CODE');
  }
  throw refusal(parsed === undefined ? 'NUMBER_INVALID' : reason(parsed));
}

/** Why a parsed number is no mobile number. The library's mobile data does not know landlines as such. */
function reason(parsed: PhoneNumber): MessageErrorCode {
  if (parsed.countryCallingCode === '90') {
    return /^(?:[2-489][0-9]{9}|444[0-9]{4})$/.test(parsed.nationalNumber)
      ? 'NUMBER_NOT_MOBILE'
      : 'NUMBER_INVALID';
  }
  return parsed.isPossible() ? 'NUMBER_NOT_MOBILE' : 'NUMBER_INVALID';
}

function parse(written: string): PhoneNumber | undefined {
  return loadNumberTables().parsePhoneNumberFromString(written, { defaultCountry: 'TR', extract: false });
}

function refusal(code: MessageErrorCode): MessageError {
  return new MessageError(code, 'to');
}
