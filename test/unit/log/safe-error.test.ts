import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { safeError, safeMessage } from '../../../src/log/safe-error.ts';

const number = '905321234567';
const text = 'Your code is 4711';

describe('a safe error', () => {
  it('keeps name, code, message and stack', () => {
    const error = Object.assign(new TypeError('a fact'), { code: 'SOME_CODE' });
    expect(safeError(error)).toEqual({
      name: 'TypeError',
      message: 'a fact',
      code: 'SOME_CODE',
      stack: expect.stringMatching(/^ {4}at /),
    });
  });

  it("drops every other field, ioredis's command arguments among them", () => {
    const error = Object.assign(new Error('ERR failed'), {
      command: { name: 'evalsha', args: [number, text] },
      config: { body: text },
      request: { to: number },
    });
    const safe = safeError(error);
    expect(safe).toMatchObject({ message: 'ERR failed', command: 'evalsha' });
    expect(JSON.stringify(safe)).not.toContain(number);
    expect(JSON.stringify(safe)).not.toContain(text);
  });

  it('follows causes as carefully, to a depth', () => {
    const inner = Object.assign(new Error(`call to ${number} failed`), { code: 'ECONNRESET', body: text });
    let error = new Error('outer', { cause: inner });
    expect(safeError(error).cause).toMatchObject({ code: 'ECONNRESET', message: 'call to [number] failed' });
    for (let depth = 0; depth < 20; depth += 1) error = new Error('again', { cause: error });
    expect(JSON.stringify(safeError(error))).not.toContain('outer');
  });

  it('ends where an error is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(safeError(error).cause?.cause?.cause).toMatchObject({ message: 'round' });
  });

  it('names the errors inside an AggregateError, whose own message is empty', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(safeError(new AggregateError([refused])).errors).toEqual([
      expect.objectContaining({ code: 'ECONNREFUSED' }),
    ]);
  });

  it.each([text, undefined, null, { text }, 7n])(
    'tells only the type of something thrown that is no error',
    (thrown) => {
      expect(safeError(thrown)).toEqual({ name: 'NotAnError', message: `thrown: ${typeof thrown}` });
    },
  );
});

describe('a safe message', () => {
  it('does not repeat the JSON that could not be parsed', () => {
    const parse = (): unknown => JSON.parse(`${text} ${number}`);
    expect(parse).toThrow(SyntaxError);
    try {
      parse();
    } catch (error) {
      expect(safeMessage(error as Error)).toBe('invalid JSON');
    }
  });

  it.each([
    [
      'ERR unknown command `X`, with args beginning with: `905321234567`, `secret`',
      'ERR unknown command `X`',
    ],
    ['no route to +905321234567', 'no route to [number]'],
    ['05321234567: bad', '[number]: bad'],
    ['no route to +905321234567.', 'no route to [number].'],
    ['version 1.9053212345.6', 'version 1.9053212345.6'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'connect ECONNREFUSED 127.0.0.1:6379'],
    ['Missing lock for job 018f2c3a-9053212345670 moveToFinished', expect.stringContaining('Missing lock')],
  ])('turns %j into %j', (message, safe) => {
    expect(safeMessage(new Error(message))).toEqual(safe);
  });

  it('is not endless', () => {
    expect(safeMessage(new Error('x'.repeat(10_000)))).toHaveLength(500);
  });
});

describe('an error of ioredis', () => {
  it('gives away nothing of the command that failed', async () => {
    // Nothing listens on port 1: the real error, as it comes out of the real client.
    const redis = new Redis({
      port: 1,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      lazyConnect: true,
    });
    redis.on('error', () => {});
    const error: unknown = await redis.set(number, text).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    const shown = JSON.stringify(safeError(error));
    expect(shown).not.toContain(number);
    expect(shown).not.toContain(text);
  });
});
