import { readReportTime } from '../../jetsms/report-time.ts';
import { escapeXml } from '../../jetsms/xml-text.ts';

/** What a reply may repeat, and the name that stands for it. */
export interface Secret {
  readonly text: string;
  readonly name: string;
}

/** Shorter ones occur by chance in the provider's own words. A password is masked whatever it is. */
const shortest = 3;

/** Seven digits or more: a number, or an id that somebody could look up. */
const digits = '\\d{7,}';

/**
 * Makes a text fit to be shown to anybody: each of `secrets` and every spelling of `number` gets its name, and of any other
 * run of seven digits or more only the length stays, or the form of the time that it is. One pass, so that no name is
 * masked again.
 * @param number in the provider's form
 */
export function createMask(number: string, secrets: readonly Secret[]): (text: string) => string {
  const named = secrets
    // Within a document a text stands as XML writes it.
    .flatMap(({ text, name }) =>
      [...new Set([text, escapeXml(text)])].map((spelled) => ({ text: spelled, name })),
    )
    .filter(({ text, name }) => text.length >= (name === 'password' ? 1 : shortest))
    .toSorted((a, b) => b.text.length - a.text.length)
    .map(({ text, name }) => ({ pattern: escapeRegExp(text), name }));
  const all = [...named, { pattern: spellingsOf(number), name: 'your number' }];
  const pattern = new RegExp([...all.map((one) => `(${one.pattern})`), digits].join('|'), 'giu');
  return (text) =>
    text.replace(pattern, (found, ...groups) => {
      const place = groups.slice(0, all.length).findIndex((group) => group !== undefined);
      return `<${all[place]?.name ?? formOf(found)}>`;
    });
}

/**
 * The same for the answer to a search, which may hold what was sent to the number before: what has letters in it and is
 * none of `ours` keeps only its length.
 */
export function hideTexts(body: string, ours: readonly string[]): string {
  const known = new Set(ours.flatMap((text) => [text, escapeXml(text)]));
  return body
    .replace(/<!\[CDATA\[[\s\S]*?(?:\]\]>|$)/g, ({ length }) => `<${length} characters>`)
    .replace(/(^|>)([^<>]+)(?=<|$)/g, (_, begin: string, text: string) =>
      isHarmless(text.trim()) || known.has(text.trim())
        ? begin + text
        : `${begin}<${text.length} characters>`,
    );
}

/** Nothing, a status, a run of digits that the mask sees to, or a date. Three to six digits may be a one-time password. */
const isHarmless = (text: string): boolean =>
  /^(?:-?\d{1,2}|\d{7,}|\d{2,4}[./-]\d{2}[./-]\d{2,4}[\d.:TZ+ -]*)?$/.test(text);

function formOf(run: string): string {
  return readReportTime(run) === undefined ? `${run.length} digits` : 'time ddMMyyyyHHmmss';
}

/** The number with or without its country code, with spaces, dots, dashes or brackets between its digits. */
function spellingsOf(number: string): string {
  const national = number.replace(/^90(?=5\d{9}$)/, '');
  const country = national === number ? '(?:\\+|00)' : '(?:(?:\\+|00)?90|0|\\()';
  // None in front of the number: what separates the columns of a reply is to be seen.
  return `(?:${country}${between})?${[...national].join(between)}`;
}

const between = '[\\s().\\-]{0,2}';

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
