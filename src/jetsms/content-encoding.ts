import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { HttpHeaders } from './http-outcome.ts';
import type { UncertainCause } from './outcome.ts';

/** How much of an encoded body could be read. */
export interface DecodedBody {
  readonly bytes: Buffer;
  /** Why it is not all; missing where it is. */
  readonly cut?: UncertainCause;
}

interface DecodeOptions {
  readonly finishFlush?: number;
  readonly maxOutputLength: number;
}

interface Decoder {
  readonly decode: (bytes: Buffer, options: DecodeOptions) => Buffer;
  /** The flush mode that returns what can be read of a cut body, instead of an error. */
  readonly lenient: number;
}

const gzip: Decoder = { decode: gunzipSync, lenient: constants.Z_SYNC_FLUSH };
const br: Decoder = { decode: brotliDecompressSync, lenient: constants.BROTLI_OPERATION_FLUSH };
const deflate: Decoder = {
  // Some servers send it with a zlib header, some without; the first byte tells which.
  decode: (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync : inflateRawSync)(bytes, options),
  lenient: constants.Z_SYNC_FLUSH,
};

const decoders: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', br],
]);

/** More encodings than this on top of each other are not undone: such a reply is not from JetSMS. */
const mostEncodings = 3;

/**
 * Undoes the encodings of a body, although none was asked for. Total: of a cut or broken one as much as can be
 * read, at most `maxBytes`. A body that is not encoded, whatever its header says, stays as it came.
 */
export function decodeBody(body: Buffer, headers: HttpHeaders, maxBytes: number): DecodedBody {
  let decoded: DecodedBody = { bytes: body };
  for (const decoder of decodersOf(body, String(headers['content-encoding'] ?? ''))) {
    const next = decodeOnce(decoder, decoded.bytes, maxBytes);
    if (next.bytes.length === 0 && next.cut === 'cut-reply') return decoded;
    decoded = decoded.cut === undefined ? next : { ...next, cut: decoded.cut };
  }
  return decoded;
}

/** The last encoding of the header was put on last. A gzip body is known without a header too. */
function decodersOf(body: Buffer, header: string): readonly Decoder[] {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const named = names
    .flatMap((name) => decoders.get(name) ?? [])
    .slice(0, mostEncodings)
    .toReversed();
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  return named.length === 0 && isGzip ? [gzip] : named;
}

function decodeOnce({ decode, lenient }: Decoder, bytes: Buffer, maxBytes: number): DecodedBody {
  try {
    return { bytes: decode(bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    const readable = longestReadable(
      (length) => decode(bytes.subarray(0, length), { finishFlush: lenient, maxOutputLength: maxBytes }),
      bytes.length,
    );
    return { bytes: readable, cut: isTooLarge ? 'reply-too-large' : 'cut-reply' };
  }
}

/** What the longest beginning decodes to that can be decoded at all. */
function longestReadable(decodeFirst: (length: number) => Buffer, length: number): Buffer {
  let best: Buffer = Buffer.alloc(0);
  let low = 1;
  let high = length;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    try {
      best = decodeFirst(middle);
      low = middle + 1;
    } catch {
      // Broken or too large from somewhere before this point.
      high = middle - 1;
    }
  }
  return best;
}
