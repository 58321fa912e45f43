import { CliError } from '../errors.ts';
import { columnKey } from '../template.ts';
import { fewestDigits, looksLikeNumber } from './number-cell.ts';

/** Words for a phone; a name of them alone, also of several (`Cep Tel`), is the column with the numbers. */
const phoneWords = ['telefon', 'telefonu', 'tel', 'cep', 'gsm', 'mobil', 'mobile', 'phone', 'msisdn'];

/** Words that may follow them: `Telefon No`. */
export const numberWords: readonly string[] = ['no', 'nr', 'num', 'numara', 'numarası', 'number'];

/** Names of the column with the numbers, as they stand. */
export const numberColumnNames: readonly string[] = [...phoneWords, 'numara', 'to'];

/** Case, the dot of the i, spaces and signs between the words do not count. */
const bareName = (name: string): string => columnKey(name).replace(/[^\p{L}\p{N}]/gu, '');

const oneOf = (words: readonly string[]): string => `(?:${words.map(bareName).join('|')})`;

const numberColumn = new RegExp(
  `^(?:${oneOf(phoneWords)}+${oneOf(numberWords)}?|${oneOf(numberColumnNames)})$`,
);

/** The columns of a CSV file. */
export interface CsvHeader {
  /** Keys by position; empty for a column without a name. */
  readonly keys: readonly string[];
  /** Position of the column with the numbers. */
  readonly toIndex: number;
}

/** What is asked of the columns. */
export interface ColumnWishes {
  /** The column with the numbers, where its name is not a known one. */
  readonly toColumn?: string | undefined;
  /** Columns that must be there: the placeholders of the text. */
  readonly required?: readonly string[];
}

/**
 * Checks the header line of a CSV file against what is asked of it.
 *
 * @throws CliError CSV_HEADER_MISSING, CSV_COLUMN_DUPLICATE, CSV_COLUMN_MISSING, CSV_NUMBER_COLUMN_MISSING,
 * CSV_NUMBER_COLUMN_AMBIGUOUS; each names the columns that are there
 */
export function readHeader(cells: readonly string[], { toColumn, required = [] }: ColumnWishes): CsvHeader {
  if (cells.some(isPrivate)) throw new CliError('CSV_HEADER_MISSING');
  const names = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
  const keys = names.map(columnKey);
  refuseDuplicates(names, keys);
  for (const name of required) {
    if (!keys.includes(columnKey(name))) throw missing(name, names);
  }
  return { keys, toIndex: findNumberColumn(names, toColumn) };
}

/** A number must not get into an error by way of a forgotten header line, nor must the name beside it. */
const isPrivate = (cell: string): boolean =>
  cell.replace(/\D/g, '').length >= fewestDigits || looksLikeNumber(cell);

function refuseDuplicates(names: readonly string[], keys: readonly string[]): void {
  const position = keys.findIndex((key, index) => key !== '' && keys.indexOf(key) < index);
  if (position === -1) return;
  const first = keys.indexOf(keys[position] ?? '');
  const detail = `"${names[position]}" is column ${first + 1} and column ${position + 1}.`;
  throw new CliError('CSV_COLUMN_DUPLICATE', { detail });
}

function findNumberColumn(names: readonly string[], toColumn: string | undefined): number {
  if (toColumn !== undefined) {
    const index = names.findIndex((name) => columnKey(name) === columnKey(toColumn));
    if (index === -1) throw missing(toColumn, names);
    return index;
  }
  const known = names.filter((name) => numberColumn.test(bareName(name)));
  const [only] = known;
  if (only === undefined) {
    throw new CliError('CSV_NUMBER_COLUMN_MISSING', { detail: available(names) });
  }
  if (known.length > 1) {
    throw new CliError('CSV_NUMBER_COLUMN_AMBIGUOUS', { detail: `Candidates: ${known.join(', ')}.` });
  }
  return names.indexOf(only);
}

function missing(name: string, names: readonly string[]): CliError {
  return new CliError('CSV_COLUMN_MISSING', { detail: `Missing: "${name}". ${available(names)}` });
}

function available(names: readonly string[]): string {
  return `Columns: ${names.filter((name) => name !== '').join(', ')}.`;
}
