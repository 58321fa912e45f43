import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInterimFilter } from '../../../src/jetsms/interim-replies.ts';

const final = 'HTTP/1.1 200 OK\r\ncontent-length: 24\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';

/** What a filter lets through of these pieces, behind a request. */
function passed(pieces: readonly string[]): string {
  const filter = createInterimFilter();
  filter.expectReply();
  const through = pieces.map((piece) => filter.pass(Buffer.from(piece, 'latin1')));
  return Buffer.concat([...through, filter.flush()]).toString('latin1');
}

describe('interim replies', () => {
  const interims = [
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 102 Processing\r\nserver: x\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nlink: </b>\r\n\r\n',
    'HTTP/1.0 199\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\nupgrade: x\n\n',
  ];

  it('are taken out, however many and however split; the reply behind them stays as it came', () => {
    const cuts = fc.array(fc.nat(400), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...interims), { maxLength: 6 }), cuts, (heads, places) => {
        const whole = heads.join('') + final;
        const ends = [...places.map((place) => place % whole.length), whole.length].sort((a, b) => a - b);
        const pieces = ends.map((end, n) => whole.slice(ends[n - 1] ?? 0, end));
        expect(passed(pieces)).toBe(final);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['HTTP/1.1 10', 'HTTP/1.1 100 Contin', 'HTTP/1.1 100 Continue\r\nserver: x\r\n', 'H'])(
    'that end in the middle are given out as they came: %j',
    (part) => {
      expect(passed([interims[0] ?? '', part])).toBe(part);
    },
  );

  it.each([
    '00 130228114512',
    'HTTP/1.1 204 X\r\n\r\n',
    'HTTP/2 100 X\r\n\r\n',
    '',
    'HTTP/1.1 1x0 X\r\n\r\n',
  ])('are nothing else: %j stays', (bytes) => {
    expect(passed([bytes])).toBe(bytes);
  });

  it('are not looked for while no reply is expected, nor in the body of one', () => {
    const filter = createInterimFilter();
    expect(filter.pass(Buffer.from(interims[0] ?? '')).toString()).toBe(interims[0]);
    filter.expectReply();
    expect(filter.pass(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')).toString()).toBe('HTTP/1.1 200 OK\r\n\r\n');
    expect(filter.pass(Buffer.from(interims[0] ?? '')).toString()).toBe(interims[0]);
  });

  it('whose head never ends are kept up to the longest head, and no further', () => {
    const endless = `HTTP/1.1 100 Continue\r\n${'x: y\r\n'.repeat(5_000)}`;
    const filter = createInterimFilter();
    filter.expectReply();
    expect(filter.pass(Buffer.from(endless.slice(0, 10_000))).length).toBe(0);
    expect(filter.pass(Buffer.from(endless.slice(10_000))).length).toBe(endless.length);
  });
});
