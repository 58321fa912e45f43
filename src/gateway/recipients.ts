import type { Recipient } from '../producer/chunks.ts';
import { csvRows } from './csv-rows.ts';
import type { GatewayErrorCode } from './errors.ts';
import { jsonRow } from './json-row.ts';
import { bodyLines } from './lines.ts';

/** How a list of recipients is written. */
export type ListFormat = 'ndjson' | 'csv';

/** What is wrong with a line that is no recipient. */
export type RowFault = Extract<GatewayErrorCode, 'LINE_UNREADABLE' | 'LINE_FIELD_UNKNOWN'>;

/** A line of a list: a recipient, or why it is none. */
export type Row = { readonly recipient: Recipient } | { readonly fault: RowFault };

/** A list that is read while it comes. */
export interface RecipientList {
  /** One for each line: of one that cannot be read, one that is refused by the producer. */
  readonly recipients: AsyncIterable<Recipient>;
  /** What is wrong with the line that gave the nth recipient. Asked once for each that the producer refuses. */
  faultAt(index: number): RowFault | undefined;
}

/** No number, so that the producer refuses it, counts it, and goes on. */
const nobody: Recipient = { to: '' };

/** Reads a list of recipients of any length in bounded memory, no faster than it is taken. Nothing is read before that. */
export function readRecipients(body: AsyncIterable<Uint8Array>, format: ListFormat): RecipientList {
  const faults = new Map<number, RowFault>();
  return {
    recipients: recipientsOf(format === 'csv' ? csvRows(body) : jsonRows(body), faults),
    faultAt(index) {
      const fault = faults.get(index);
      faults.delete(index);
      return fault;
    },
  };
}

async function* recipientsOf(
  rows: AsyncIterable<Row>,
  faults: Map<number, RowFault>,
): AsyncGenerator<Recipient, void> {
  let index = 0;
  for await (const row of rows) {
    const isFault = 'fault' in row;
    if (isFault) faults.set(index, row.fault);
    yield isFault ? nobody : row.recipient;
    index += 1;
  }
}

async function* jsonRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<Row, void> {
  for await (const line of bodyLines(body)) {
    const row = jsonRow(line);
    if (row) yield row;
  }
}
