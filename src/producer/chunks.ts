import { MessageError } from '../message/errors.ts';
import type { Meta } from '../message/meta.ts';

/** A recipient of a campaign: the number alone where all get one text, else with a text of its own, or a meta. */
export type Recipient = string | number | OwnRecipient;

/** A recipient with a text or a meta of its own. */
export interface OwnRecipient {
  /** A mobile number in any usual spelling. */
  readonly to: string | number;
  /** @default the `text` of the campaign */
  readonly text?: string;
  /** @default the `meta` of the campaign */
  readonly meta?: Meta;
}

/** Recipients of any number; an async iterable is read no faster than Redis stores. */
export type Recipients = Iterable<Recipient> | AsyncIterable<Recipient>;

/** One job's worth of recipients, and where it stands among them. */
export interface Chunk {
  readonly position: number;
  readonly firstIndex: number;
  readonly recipients: readonly Recipient[];
}

/**
 * A single number is a string, which can be iterated too.
 * @throws MessageError RECIPIENTS_INVALID
 */
export function checkRecipients(recipients: unknown): void {
  if (typeof recipients !== 'object' || recipients === null || !isIterable(recipients))
    throw new MessageError('RECIPIENTS_INVALID', 'to');
}

const isIterable = (list: {
  readonly [Symbol.iterator]?: unknown;
  readonly [Symbol.asyncIterator]?: unknown;
}) => typeof (list[Symbol.iterator] ?? list[Symbol.asyncIterator]) === 'function';

/** Cuts recipients into chunks. A plain iterable is read without a turn of the event loop per recipient. */
export async function* chunksOf(recipients: Recipients, size: number): AsyncGenerator<Chunk> {
  const cutter = createCutter(size);
  yield* Symbol.iterator in recipients ? cut(recipients, cutter) : cutAsync(recipients, cutter);
}

interface Cutter {
  /** The open chunk, where it is full now. */
  add(recipient: Recipient): Chunk | undefined;
  /** The open chunk, where there is anything in it. */
  rest(): Chunk | undefined;
}

function createCutter(size: number): Cutter {
  let position = 0;
  let open: Recipient[] = [];
  const take = (): Chunk => {
    const chunk = { position, firstIndex: position * size, recipients: open };
    position += 1;
    open = [];
    return chunk;
  };
  return {
    add(recipient) {
      open.push(recipient);
      return open.length === size ? take() : undefined;
    },
    rest: () => (open.length > 0 ? take() : undefined),
  };
}

function* cut(recipients: Iterable<Recipient>, { add, rest }: Cutter): Generator<Chunk> {
  for (const recipient of recipients) {
    const chunk = add(recipient);
    if (chunk) yield chunk;
  }
  const last = rest();
  if (last) yield last;
}

async function* cutAsync(recipients: AsyncIterable<Recipient>, { add, rest }: Cutter): AsyncGenerator<Chunk> {
  for await (const recipient of recipients) {
    const chunk = add(recipient);
    if (chunk) yield chunk;
  }
  const last = rest();
  if (last) yield last;
}
