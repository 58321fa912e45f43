import { describe, expect, it } from 'vitest';
import { type EnqueueOptions, enqueueAll, type Receipt } from '../../../../src/cli/send/enqueue.ts';
import type { MessageLine } from '../../../../src/cli/send/message-lines.ts';
import { MessageError } from '../../../../src/message/errors.ts';
import { ProducerError } from '../../../../src/producer/errors.ts';

async function* linesOf(...texts: readonly string[]): AsyncGenerator<MessageLine, void> {
  for (const [index, text] of texts.entries()) {
    yield text === 'bad line'
      ? { kind: 'problem', line: index + 2, problem: { code: 'LINE_RAGGED', message: 'It has 1 field.' } }
      : { kind: 'message', line: index + 2, message: { to: '0', text, idempotencyKey: text } };
  }
}

/** A Redis of one Set, that knows some keys from before. */
function store(...known: readonly string[]) {
  const stored = new Set(known);
  return async ({ text }: { readonly text: string }): Promise<Receipt> => {
    if (text === 'refused') throw new MessageError('NUMBER_EMPTY', 'to');
    const duplicate = stored.has(text);
    stored.add(text);
    return { id: text, parts: 2, duplicate };
  };
}

const options = (some: Partial<EnqueueOptions> & Pick<EnqueueOptions, 'send'>): EnqueueOptions => ({
  concurrency: 3,
  stop: new AbortController().signal,
  onRefused: () => {},
  onProgress: () => {},
  ...some,
});

describe('enqueueing lines', () => {
  it('counts the good, the bad, the repeated and those of an earlier run; none costs another', async () => {
    const result = await enqueueAll(
      linesOf('a', 'bad line', 'b', 'refused', 'a', 'earlier', 'c'),
      options({ send: store('earlier') }),
    );
    expect(result).toMatchObject({ lines: 7, enqueued: 3, parts: 6, before: 1, repeated: 1, stopped: false });
    expect([...result.ids].toSorted()).toEqual(['a', 'b', 'c', 'earlier']);
    expect(result.refusals.map(({ line, code }) => [line, code])).toEqual([
      [3, 'LINE_RAGGED'],
      [5, 'NUMBER_EMPTY'],
    ]);
  });

  it('counts all that were refused, but keeps only the first ten thousand', async () => {
    let told = 0;
    const many = Array<string>(12_000).fill('bad line');
    const result = await enqueueAll(linesOf(...many), {
      ...options({ send: store() }),
      onRefused: () => {
        told += 1;
      },
    });
    expect({ refused: result.refused, kept: result.refusals.length, told }).toEqual({
      refused: 12_000,
      kept: 10_000,
      told: 12_000,
    });
  });

  it('ends early where Redis is away from the start, and says what failed', async () => {
    const away = new ProducerError('REDIS_UNAVAILABLE');
    let tries = 0;
    const send = async (): Promise<Receipt> => {
      tries += 1;
      throw away;
    };
    const result = await enqueueAll(linesOf('a', 'b', 'c', 'd', 'e'), options({ send }));
    expect(result.failure).toBe(away);
    expect(tries).toBeLessThanOrEqual(3);
  });

  it.each([
    ['absence', new ProducerError('REDIS_UNAVAILABLE', { mayBeStored: true })],
    ['failover', new ProducerError('REDIS_REFUSED', { reason: 'READONLY' })],
  ])(
    'waits out a short %s of Redis, and does not take its own message for an earlier one',
    async (_, trouble) => {
      const send = store();
      let answerLost = false;
      const flaky = async (message: { readonly text: string }): Promise<Receipt> => {
        const receipt = await send(message);
        if (message.text !== 'b' || answerLost) return receipt;
        answerLost = true;
        throw trouble;
      };
      const result = await enqueueAll(linesOf('a', 'b', 'c'), options({ send: flaky, concurrency: 1 }));
      expect(result).toMatchObject({ lines: 3, enqueued: 3, before: 0 });
    },
  );

  it('does not wait where Redis is full: that does not pass by itself', async () => {
    const full = new ProducerError('REDIS_REFUSED', { reason: 'OOM' });
    const send = store();
    const refusing = async (message: { readonly text: string }): Promise<Receipt> => {
      if (message.text === 'b') throw full;
      return send(message);
    };
    const result = await enqueueAll(linesOf('a', 'b', 'c'), options({ send: refusing, concurrency: 1 }));
    expect(result).toMatchObject({ lines: 1, enqueued: 1, failure: full });
  });

  it('keeps what was done when the file breaks in the middle', async () => {
    const lines = async function* (): AsyncGenerator<MessageLine, void> {
      yield* linesOf('a', 'b');
      throw new Error('unreadable');
    };
    const result = await enqueueAll(lines(), options({ send: store() }));
    expect(result).toMatchObject({ enqueued: 2, failure: new Error('unreadable') });
  });

  it('takes nothing more once it is told to stop', async () => {
    const stop = new AbortController();
    const result = await enqueueAll(
      linesOf('a', 'b', 'c', 'd'),
      options({ send: store(), concurrency: 1, stop: stop.signal, onProgress: () => stop.abort() }),
    );
    expect(result).toMatchObject({ enqueued: 1, stopped: true });
  });
});
