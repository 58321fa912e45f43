import { spellingOf } from '../number-spelling.ts';
import type { RequestMessage } from '../provider-request.ts';

/** What a V2 reply says of one recipient; '' where it leaves a field out. */
export interface RecipientRow {
  readonly messageId: string;
  readonly number: string;
  readonly status: string;
}

/**
 * The status of each message, in the messages' order: by our id, else by the number, else by the place of its row
 * among those that are left. Undefined where no row is certainly its own, or where its rows contradict each other.
 * @param isCut rows may be missing, so that a place says nothing
 */
export function statusesOf(
  rows: readonly RecipientRow[],
  messages: readonly RequestMessage[],
  isCut: boolean,
): readonly (string | undefined)[] {
  const byId = assign(rows, messages, { ofRow: ({ messageId }) => messageId, ofMessage: ({ id }) => id });
  const byNumber = assign(byId.rows, byId.messages, {
    ofRow: ({ number }) => spellingOf(number),
    ofMessage: ({ to }) => spellingOf(to),
  });
  const found = new Map([...byId.found, ...byNumber.found]);
  const ours = new Set(messages.map(({ to }) => spellingOf(to)));
  const areStrange = byNumber.rows.every(({ number }) => !ours.has(spellingOf(number)));
  if (!isCut && areStrange && byNumber.rows.length === byNumber.messages.length) {
    for (const [place, message] of byNumber.messages.entries()) {
      found.set(message, byNumber.rows[place]?.status);
    }
  }
  return messages.map((message) => found.get(message));
}

interface Keys {
  readonly ofRow: (row: RecipientRow) => string;
  readonly ofMessage: (message: RequestMessage) => string;
}

interface Assigned {
  readonly found: ReadonlyMap<RequestMessage, string | undefined>;
  /** What the key says nothing about. */
  readonly rows: readonly RecipientRow[];
  readonly messages: readonly RequestMessage[];
}

/** Gives rows to the messages that have their key. Several of one key go in order, if there are as many of both. */
function assign(
  rows: readonly RecipientRow[],
  messages: readonly RequestMessage[],
  { ofRow, ofMessage }: Keys,
): Assigned {
  const rowsOf = Map.groupBy(rows, ofRow);
  const messagesOf = Map.groupBy(messages, ofMessage);
  const found = new Map<RequestMessage, string | undefined>();
  for (const [key, ours] of messagesOf) {
    const theirs = key === '' ? undefined : rowsOf.get(key);
    if (theirs === undefined) continue;
    for (const [place, message] of ours.entries()) found.set(message, statusAt(place, theirs, ours.length));
  }
  return {
    found,
    rows: rows.filter((row) => !messagesOf.has(ofRow(row)) || ofRow(row) === ''),
    messages: messages.filter((message) => !found.has(message)),
  };
}

/** Rows and messages of one key, in order; several rows for one message count if they say the same. */
function statusAt(place: number, rows: readonly RecipientRow[], messages: number): string | undefined {
  if (rows.length === messages) return rows[place]?.status;
  const [first] = rows;
  const isSame = messages === 1 && rows.every(({ status }) => status === first?.status);
  return isSame ? first?.status : undefined;
}
