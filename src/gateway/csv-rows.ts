import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { GatewayError } from './errors.ts';
import { textOf } from './lines.ts';
import type { Row } from './recipients.ts';

/** A row with all its columns takes far less. Our choice. */
const longestRowBytes = 16_384;

/** What a column gives to a recipient: its number, its text, or a note of its meta. */
type Column = 'to' | 'text' | { readonly meta: string };

/**
 * The rows of a CSV with a header line, separated by what the header uses: semicolon, comma or tab.
 * @throws GatewayError CSV_HEADER_INVALID, LINES_UNREADABLE
 */
export async function* csvRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<Row, void> {
  const { header, rest } = await takeHeader(body);
  const separator = separatorOf(header);
  const columns = columnsOf(header, separator);
  const options = { delimiter: separator, relax_column_count: true, skip_empty_lines: true, trim: true };
  const parser = parse({ ...options, max_record_size: longestRowBytes });
  const source = Readable.from(rest);
  // The parser hands on what went wrong with the body.
  source.on('error', (error) => void parser.destroy(error));
  try {
    for await (const cells of source.pipe(parser)) yield rowOf(cells, columns);
  } catch (error) {
    throw error instanceof CsvError ? new GatewayError('LINES_UNREADABLE', { cause: error }) : error;
  } finally {
    source.destroy();
  }
}

interface Top {
  readonly header: string;
  readonly rest: AsyncIterable<Uint8Array>;
}

/** The first line, and what follows it. */
async function takeHeader(body: AsyncIterable<Uint8Array>): Promise<Top> {
  const chunks = body[Symbol.asyncIterator]();
  let read: Uint8Array = new Uint8Array();
  let next = await chunks.next();
  while (!next.done) {
    read = Buffer.concat([read, next.value]);
    if (read.includes(lineFeed) || read.length > longestRowBytes) break;
    next = await chunks.next();
  }
  const end = read.includes(lineFeed) ? read.indexOf(lineFeed) : read.length;
  const header = end > longestRowBytes ? undefined : textOf(read.subarray(0, end))?.trim();
  if (header === undefined) throw new GatewayError('CSV_HEADER_INVALID');
  return { header, rest: restOf(read.subarray(end + 1), chunks) };
}

const lineFeed = 0x0a;

async function* restOf(
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

const separators = [';', ',', '\t'] as const;

const separatorOf = (header: string): string =>
  separators.find((separator) => header.includes(separator)) ?? ',';

function columnsOf(header: string, separator: string): readonly Column[] {
  const names = header.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const columns = names.map(columnOf);
  const isKnown = columns.every((column) => column !== undefined);
  if (!isKnown || !columns.includes('to') || new Set(names).size < names.length)
    throw new GatewayError('CSV_HEADER_INVALID');
  return columns;
}

function columnOf(name: string): Column | undefined {
  if (name === 'to' || name === 'text') return name;
  const [, meta] = /^meta\.([A-Za-z]\w{0,39})$/.exec(name) ?? [];
  return meta === undefined ? undefined : { meta };
}

/** A character that stands for bytes that are no UTF-8: nobody is to get it. */
const replacement = '\ufffd';

function rowOf(cells: readonly string[], columns: readonly Column[]): Row {
  if (cells.length !== columns.length || cells.some((cell) => cell.includes(replacement)))
    return { fault: 'LINE_UNREADABLE' };
  const cellOf = (column: Column): string => cells[columns.indexOf(column)] ?? '';
  const text = columns.includes('text') ? cellOf('text') : '';
  const notes = columns.flatMap((column) =>
    typeof column === 'object' && cellOf(column) !== '' ? [[column.meta, cellOf(column)] as const] : [],
  );
  return {
    recipient: {
      to: cellOf('to'),
      // An empty cell: the one text for all.
      ...(text === '' ? {} : { text }),
      ...(notes.length === 0 ? {} : { meta: Object.fromEntries(notes) }),
    },
  };
}
