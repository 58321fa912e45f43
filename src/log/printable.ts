/**
 * Characters that a terminal obeys instead of showing, or that nobody sees: controls (with ESC, which begins orders
 * to the terminal), the marks that turn the direction of writing round, invisible ones, and line separators.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * One line as it may be written to a terminal, wherever its words come from: what cannot be printed stands there as
 * JSON writes it (`\u001b`), so that it is seen, and JSON stays the same JSON. Tabs stay.
 */
export const printable = (line: string): string =>
  line.replace(unprintable, (found) => (found === '\t' ? found : escaped(found)));

/** A character beyond the first 65,536 is two of JSON's. */
const escaped = (found: string): string =>
  Array.from(
    { length: found.length },
    (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** A character beyond the first 65,536 may be two escapes. */
const jsonEscapes = /(?:\\u[0-9a-f]{4})+|\\./gi;

/**
 * A line of JSON whose strings can be printed once they are read: an escape that stands for something unprintable
 * comes out as the text of the escape. Line breaks and tabs stay, for they lay out stacks.
 */
export const printableJson = (json: string): string =>
  printable(json).replace(jsonEscapes, (escapes) =>
    escapes === '\\n' ? escapes : JSON.stringify(printable(JSON.parse(`"${escapes}"`))).slice(1, -1),
  );
