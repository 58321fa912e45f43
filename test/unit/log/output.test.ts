import { expect, it } from 'vitest';
import { unblockedLines } from '../../../src/log/output.ts';

/** An output whose reader takes nothing until `read()`. */
function unread() {
  const taken: string[] = [];
  const output = {
    writableLength: 0,
    errored: null as Error | null,
    write(text: string) {
      taken.push(text);
      output.writableLength += text.length;
    },
  };
  return {
    output,
    taken,
    read() {
      output.writableLength = 0;
    },
  };
}

it('writes line by line', () => {
  const { output, taken } = unread();
  const lines = unblockedLines(output, { onLost: () => {} });
  lines.write('a\n');
  lines.write('b\n');
  expect(taken).toEqual(['a\n', 'b\n']);
});

it('leaves lines out where too much waits, and tells how many when there is room again', () => {
  const { output, taken, read } = unread();
  const lost: number[] = [];
  const lines = unblockedLines(output, { onLost: (count) => void lost.push(count), mostWaitingBytes: 10 });
  for (let n = 0; n < 5; n += 1) lines.write('1234\n');
  expect(taken).toHaveLength(2);
  expect(lost).toEqual([]);
  read();
  lines.write('1234\n');
  expect(lost).toEqual([3]);
  expect(taken).toHaveLength(3);
});

it('writes nothing where the reader is gone', () => {
  const { output, taken } = unread();
  output.errored = new Error('EPIPE');
  unblockedLines(output, { onLost: () => {} }).write('a\n');
  expect(taken).toEqual([]);
});
