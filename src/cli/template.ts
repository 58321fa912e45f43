import { fold } from '../codes/fold.ts';
import { CliError } from './errors.ts';

/** A text with places for the values of a recipient: `Merhaba {ad}, …`. */
export interface Template {
  /** Names of the places, each once, in order of appearance. */
  readonly placeholders: readonly string[];
  readonly pieces: readonly Piece[];
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: string };

/** Values by `columnKey`, so that `{Ad}` finds the column `AD`. */
export type ColumnValues = ReadonlyMap<string, string>;

/** What names of columns and placeholders are compared by: case, Turkish i, and white space do not count. */
export function columnKey(name: string): string {
  return fold(name);
}

const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
/** A name as a column may have it. Also keeps a piece of somebody's text out of our error messages. */
const placeholderName = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,39}$/u;

/**
 * Reads a template. `{{` and `}}` are braces themselves.
 *
 * @throws CliError TEMPLATE_INVALID for a single brace or a name that no column can have, with the position
 */
export function parseTemplate(source: string): Template {
  const pieces: Piece[] = [];
  const placeholders = new Map<string, string>();
  let end = 0;
  for (const match of source.matchAll(token)) {
    pieces.push({ kind: 'text', text: source.slice(end, match.index) });
    end = match.index + match[0].length;
    const piece = readToken(match[0], match[1], match.index + 1);
    pieces.push(piece);
    if (piece.kind === 'placeholder' && !placeholders.has(columnKey(piece.name))) {
      placeholders.set(columnKey(piece.name), piece.name);
    }
  }
  pieces.push({ kind: 'text', text: source.slice(end) });
  return { placeholders: [...placeholders.values()], pieces };
}

function readToken(written: string, inner: string | undefined, position: number): Piece {
  if (written === '{{') return { kind: 'text', text: '{' };
  if (written === '}}') return { kind: 'text', text: '}' };
  if (inner === undefined) throw invalid(`The brace at position ${position} stands alone.`);
  const name = inner.trim();
  if (!placeholderName.test(name)) {
    throw invalid(`Between the braces at position ${position} is no name of a column.`);
  }
  return { kind: 'placeholder', name };
}

/** A filled template, or the placeholders whose value is missing or blank. */
export type FilledTemplate =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'values-missing'; readonly placeholders: readonly string[] };

/** Fills the places of a template. Values are taken as they are: braces in them mean nothing. */
export function fillTemplate({ placeholders, pieces }: Template, values: ColumnValues): FilledTemplate {
  const valueAt = (name: string) => values.get(columnKey(name))?.trim() ?? '';
  const missing = placeholders.filter((name) => valueAt(name) === '');
  if (missing.length > 0) return { kind: 'values-missing', placeholders: missing };
  const text = pieces.map((piece) => (piece.kind === 'text' ? piece.text : valueAt(piece.name)));
  return { kind: 'text', text: text.join('') };
}

function invalid(detail: string): CliError {
  return new CliError('TEMPLATE_INVALID', { detail });
}
