import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageError } from '../../../src/message/errors.ts';
import { checkRecipients, chunksOf } from '../../../src/producer/chunks.ts';
import { collect } from '../cli/capture.ts';

const codeOf = (what: () => unknown): unknown => {
  try {
    return what();
  } catch (error) {
    return error instanceof MessageError ? error.code : error;
  }
};

async function* asAsync<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('recipients in chunks', () => {
  it.each([
    ['an array', (items: readonly string[]) => items],
    ['a set', (items: readonly string[]) => new Set(items)],
    ['a generator', (items: readonly string[]) => items.values()],
    ['an async generator', (items: readonly string[]) => asAsync(items)],
  ])('of %s are all of them, in order, full but for the last', async (_, recipientsOf) => {
    const anything = fc.record({ count: fc.nat(40), size: fc.integer({ min: 1, max: 12 }) });
    await fc.assert(
      fc.asyncProperty(anything, async ({ count, size }) => {
        const items = Array.from({ length: count }, (_, n) => String(n));
        const chunks = await collect(chunksOf(recipientsOf(items), size));
        expect(chunks.flatMap(({ recipients }) => recipients)).toEqual(items);
        expect(chunks).toHaveLength(Math.ceil(count / size));
        chunks.forEach(({ position, firstIndex, recipients }, place) => {
          expect({ position, firstIndex }).toEqual({ position: place, firstIndex: place * size });
          expect(recipients.length).toBe(Math.min(size, count - firstIndex));
        });
      }),
    );
  });

  it('are read no further than the chunk that is asked for', async () => {
    let taken = 0;
    function* endless(): Generator<string> {
      for (;;) yield String(taken++);
    }
    for await (const { position } of chunksOf(endless(), 10)) if (position === 2) break;
    expect(taken).toBe(30);
  });
});

describe('a list of recipients', () => {
  it.each(['05321234567', 5_321_234_567, undefined, null, { to: '05321234567' }])(
    'is not %j',
    (recipients) => {
      expect(codeOf(() => checkRecipients(recipients))).toBe('RECIPIENTS_INVALID');
    },
  );

  it.each([[[]], [new Set()], [new Map().keys()], [asAsync([])]])(
    'is anything that can be iterated',
    (recipients) => {
      expect(codeOf(() => checkRecipients(recipients))).toBeUndefined();
    },
  );
});
