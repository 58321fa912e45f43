/** As many digits as a number has. */
export const fewestDigits = 7;

/** A quantity that a spreadsheet has rounded: `5,32E+09`. */
const quantity = /^\d+[.,]?\d*e\+?\d+$/i;

/** Everything in front of the first letter: a note may follow the number (`0533 123 45 67 (ev)`). */
const beforeLetters = /^\P{L}*/u;

/**
 * Whether a cell seems to hold a number, right or wrong and however it is written. It may say so of what is none, since
 * that costs a line that is refused and told; a number that is not seen ends up in somebody's text.
 */
export function looksLikeNumber(cell: string): boolean {
  const [beginning = ''] = beforeLetters.exec(cell) ?? [];
  return beginning.replace(/\P{Nd}/gu, '').length >= fewestDigits || quantity.test(cell.trim());
}
