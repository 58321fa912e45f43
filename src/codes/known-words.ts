import { fold } from './fold.ts';
import { codeList } from './list.ts';
import { acceptedCode } from './parse-reply.ts';
import { unofficialCodes } from './unofficial.ts';

/** Words that a reply of some code is known to have. */
interface Known {
  readonly words: string;
  readonly pattern: RegExp;
}

/** The numbers in the reply of 85: two lengths in characters. */
const lengths = /\{mesajUzunlugu\}|\b612\b/g;
const anyLength = '(\\d{1,4})';

/** The end of a literal reply that stands for words which differ each time. */
const andSoOn = /[\s:]*\.{3}$/;

function knownOf(code: string, literal: string): Known {
  const words = literal.replace(new RegExp(`^${code}\\s*`), '').replace(andSoOn, '');
  const pieces = words.split(lengths).map((piece) => escaped(folded(piece)));
  return { words, pattern: new RegExp(`^${pieces.join(anyLength)}(?![\\p{L}\\p{N}])`, 'u') };
}

/** As `fold` does, but with the blanks around a piece of a text. */
const folded = (piece: string): string => fold(`|${piece}|`).slice(1, -1);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const knownByCode: ReadonlyMap<string, readonly Known[]> = Map.groupBy(
  [...codeList, ...unofficialCodes].flatMap(({ code, literal }) =>
    literal === null || code === acceptedCode ? [] : [{ code, ...knownOf(code, literal) }],
  ),
  ({ code }) => code,
);

/**
 * The provider's words as far as the tables know them; `…` stands for the rest. What else a reply says may quote a
 * number, a text or a name, so whoever shows a reply shows this.
 *
 * @param code two or three digits, as text
 * @param text what followed the code
 * @returns words that hold nothing private
 * @example
 * import { knownWords } from 'jetsms-producer/codes';
 *
 * console.log(knownWords('777', 'mesaj 05321234567')); // → …
 */
export function knownWords(code: string, text: string): string {
  const said = fold(text);
  if (said === '') return '';
  for (const { words, pattern } of knownByCode.get(code) ?? []) {
    const found = pattern.exec(said);
    if (words === '' || found === null) continue;
    const numbers = found.slice(1);
    const shown = words.replace(lengths, () => numbers.shift() ?? '');
    return found[0].length === said.length ? shown : `${shown} …`;
  }
  return '…';
}
