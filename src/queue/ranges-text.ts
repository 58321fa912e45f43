/** Whole numbers as short text, in their order: `0-99,105`. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

const form = /^(\d{1,6})(?:-(\d{1,6}))?$/;

/**
 * Reads them; undefined for anything else, and for more numbers than there may be. Total.
 * @param most how many there may be
 */
export function parseNumbers(text: string, most: number): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const range of text.split(',')) {
    const [, first, second = first] = form.exec(range) ?? [];
    if (first === undefined) return undefined;
    const from = Number(first);
    const to = Number(second);
    if (to < from || numbers.length + to - from + 1 > most) return undefined;
    for (let number = from; number <= to; number += 1) numbers.push(number);
  }
  return numbers;
}
