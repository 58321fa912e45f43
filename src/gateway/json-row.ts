import type { Recipient } from '../producer/chunks.ts';
import { textOf } from './lines.ts';
import type { Row } from './recipients.ts';

/** A line of NDJSON; undefined for a blank one. Total. */
export function jsonRow(line: Uint8Array): Row | undefined {
  const text = textOf(line);
  if (text === undefined) return { fault: 'LINE_UNREADABLE' };
  if (text.trim() === '') return undefined;
  try {
    return rowOf(JSON.parse(text));
  } catch {
    // The words of the error quote the line.
    return { fault: 'LINE_UNREADABLE' };
  }
}

const fields: ReadonlySet<string> = new Set(['to', 'text', 'meta']);

function rowOf(value: unknown): Row {
  if (typeof value === 'string' || typeof value === 'number') return { recipient: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: 'LINE_UNREADABLE' };
  // A text under a mistyped name would be passed over, and the person get the common one.
  if (Object.keys(value).some((name) => !fields.has(name))) return { fault: 'LINE_FIELD_UNKNOWN' };
  // Only its type says so: the producer looks at number, text and meta of each recipient itself.
  return { recipient: value as Recipient };
}
