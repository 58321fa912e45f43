const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface ByteLinesOptions {
  /** No line is kept beyond this. */
  readonly maxBytes: number;
  /** `lf`, or `any` of CRLF, LF and CR. */
  readonly breaks: 'lf' | 'any';
}

/**
 * The lines of a stream as bytes, without their breaks. They stay bytes because each line may have another
 * encoding. Nothing follows the last break; an empty stream has no lines.
 *
 * Memory is bounded, also for a stream that never breaks: a line longer than `maxBytes` comes as soon as it is, cut
 * to one byte more than that. Its rest is read and dropped.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  options: ByteLinesOptions,
): AsyncGenerator<Uint8Array, void> {
  const splitter = createSplitter(options);
  for await (const chunk of chunks) yield* splitter.linesOf(chunk);
  yield* splitter.rest();
}

function createSplitter({ maxBytes, breaks }: ByteLinesOptions) {
  const line = createLine(maxBytes);
  const nextBreak = breaks === 'lf' ? nextLineFeed : nextAnyBreak;
  let last: number | undefined;

  /** The LF of a CRLF, whose CR has ended the line. */
  function isSecondHalf(chunk: Uint8Array, at: number): boolean {
    const before = at === 0 ? last : chunk[at - 1];
    return breaks === 'any' && chunk[at] === lineFeed && before === carriageReturn;
  }

  return {
    linesOf(chunk: Uint8Array): readonly Uint8Array[] {
      const lines: Uint8Array[] = [];
      let start = 0;
      for (let at = nextBreak(chunk, 0); at !== -1; at = nextBreak(chunk, start)) {
        line.add(chunk.subarray(start, at));
        if (!isSecondHalf(chunk, at)) lines.push(...line.end());
        start = at + 1;
      }
      line.add(chunk.subarray(start));
      last = chunk.at(-1) ?? last;
      return [...lines, ...line.cut()];
    },
    rest: (): readonly Uint8Array[] => (line.isEmpty() ? [] : line.end()),
  };
}

const nextLineFeed = (chunk: Uint8Array, from: number): number => chunk.indexOf(lineFeed, from);

function nextAnyBreak(chunk: Uint8Array, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    if (chunk[at] === lineFeed || chunk[at] === carriageReturn) return at;
  }
  return -1;
}

/** The line that is being read. It is given out once, whole or cut. */
function createLine(maxBytes: number) {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let isGiven = false;
  const give = (): readonly Uint8Array[] => {
    if (isGiven) return [];
    isGiven = true;
    return [Buffer.concat(pieces).subarray(0, maxBytes + 1)];
  };
  return {
    add(piece: Uint8Array): void {
      if (size <= maxBytes && piece.length > 0) pieces.push(piece);
      size += piece.length;
    },
    cut: (): readonly Uint8Array[] => (size > maxBytes ? give() : []),
    end(): readonly Uint8Array[] {
      const given = give();
      pieces = [];
      size = 0;
      isGiven = false;
      return given;
    },
    isEmpty: (): boolean => size === 0,
  };
}
