/** The narrowest last column that is still worth wrapping into. */
const narrowest = 20;

/**
 * Rows as aligned lines, two spaces between the columns. The last column is wrapped to the width; without one
 * (Infinity) nothing is wrapped.
 */
export function layOutColumns(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const widths = columnWidths(rows);
  const indent = widths.slice(0, -1).reduce((sum, columnWidth) => sum + columnWidth + 2, 0);
  const room = Math.max(width - indent, narrowest);
  return rows.flatMap((row) => {
    const head = row.slice(0, -1).map((cell, index) => `${cell.padEnd(widths[index] ?? 0)}  `);
    const [first = '', ...rest] = wrap(row.at(-1) ?? '', room);
    return [`${head.join('')}${first}`.trimEnd(), ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
  });
}

/** Breaks a text at spaces so that no line is longer than the width, words longer than it excepted. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '') {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Row by row: there may be more rows than a function takes arguments. */
function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return widths;
}
