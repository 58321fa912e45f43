import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/jetsms/content-encoding.ts';

const maxBytes = 1_000;
const decode = (body: Buffer, encoding?: string) =>
  decodeBody(body, encoding === undefined ? {} : { 'content-encoding': encoding }, maxBytes);
const plain = Buffer.from('00 130228114512\r\n');
/** Noise does not shrink, so that a part of what it is packed into holds a part of it. */
const long = Buffer.from(Array.from({ length: 500 }, (_, n) => (n * 7919) % 251));

const encodings: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
  ['identity, gzip', gzipSync],
];

describe('a body', () => {
  it.each([undefined, '', 'identity', 'zstd', 'constructor'])(
    'stays as it is where its encoding is %s',
    (header) => {
      expect(decode(plain, header)).toEqual({ bytes: plain });
    },
  );

  it.each(encodings)('in %s is decoded', (header, encode) => {
    expect(decode(encode(plain), header)).toEqual({ bytes: plain });
  });

  it('in gzip is known by its first bytes where no header tells', () => {
    expect(decode(gzipSync(plain))).toEqual({ bytes: plain });
  });

  it.each(encodings)('that is not in %s, although its header says so, stays as it is', (header) => {
    expect(decode(plain, header)).toEqual({ bytes: plain });
  });

  it.each(encodings)('in %s that was cut gives what there is, marked as cut', (header, encode) => {
    const encoded = encode(long);
    const { bytes, cut } = decode(encoded.subarray(0, Math.floor(encoded.length / 2)), header);
    expect(cut).toBe('cut-reply');
    expect(bytes.length).toBeGreaterThan(10);
    expect(long.subarray(0, bytes.length)).toEqual(bytes);
  });

  it('in gzip that broke behind its text gives the text, marked as cut', () => {
    const encoded = gzipSync(plain);
    expect(decode(encoded.subarray(0, -8), 'gzip')).toEqual({ bytes: plain, cut: 'cut-reply' });
    encoded.fill(0, encoded.length - 8);
    expect(decode(encoded, 'gzip')).toEqual({ bytes: plain, cut: 'cut-reply' });
  });

  it.each(encodings)('in %s never becomes longer than a reply may be', (header, encode) => {
    const { bytes, cut } = decode(encode(Buffer.alloc(5_000_000, '0')), header);
    expect(cut).toBe('reply-too-large');
    expect(bytes.length).toBeLessThanOrEqual(maxBytes);
  });

  it('never makes the reader throw, and is never longer than it may be', () => {
    const header = fc.constantFrom('gzip', 'deflate', 'br', 'br, gzip', 'gzip,'.repeat(1_000));
    const noise = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(noise, header, fc.boolean(), (bytes, encoding, isPacked) => {
        const body = isPacked ? Buffer.concat([gzipSync(bytes).subarray(0, -4), bytes]) : Buffer.from(bytes);
        expect(decode(body, encoding).bytes.length).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});
