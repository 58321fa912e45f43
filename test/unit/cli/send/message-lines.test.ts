import { describe, expect, it } from 'vitest';
import { messagesOfCsv, messagesTo } from '../../../../src/cli/send/message-lines.ts';
import { parseTemplate } from '../../../../src/cli/template.ts';
import { bytes, collect } from '../capture.ts';

const common = { account: 'acme', title: 'ACME' };
const fields = common;

describe('messages to the numbers of a command line', () => {
  it('are one for each, numbered', async () => {
    const lines = await collect(messagesTo(['05321234567', 'x'], { text: 'Merhaba', fields, run: 'a' }));
    expect(lines).toMatchObject([
      { kind: 'message', line: 1, message: { ...common, to: '05321234567', text: 'Merhaba' } },
      { kind: 'message', line: 2, message: { ...common, to: 'x', text: 'Merhaba' } },
    ]);
  });

  it('have no key where there is one number and none was given', async () => {
    const [line] = await collect(messagesTo(['05321234567'], { text: 'Merhaba', fields, run: 'a' }));
    expect(line).toEqual({
      kind: 'message',
      line: 1,
      message: { ...common, to: '05321234567', text: 'Merhaba' },
    });
  });

  it('have the same key where a number is there twice, and another in another run', async () => {
    const keysOf = async (run: string) => {
      const lines = await collect(
        messagesTo(['0532 123 45 67', '+905321234567', '05321234568'], { text: 'Merhaba', fields, run }),
      );
      return lines.map((line) => (line.kind === 'message' ? line.message.idempotencyKey : undefined));
    };
    const [first, second, other] = await keysOf('a');
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(await keysOf('b')).not.toContain(first);
  });

  it('have the key as it was given where there is one number, so that an app can use the same', async () => {
    const run = { text: 'Merhaba', fields, idempotencyKey: 'order-1', run: 'a' };
    const [line] = await collect(messagesTo(['05321234567'], run));
    expect(line).toMatchObject({ message: { idempotencyKey: 'order-1' } });
  });

  it('have a key each where there are several numbers', async () => {
    const run = { text: 'Merhaba', fields, idempotencyKey: 'order-1', run: 'a' };
    const lines = await collect(messagesTo(['05321234567', '05321234568'], run));
    const keys = lines.map((line) => (line.kind === 'message' ? line.message.idempotencyKey : undefined));
    expect(new Set(keys).size).toBe(2);
  });
});

describe('messages of a CSV file', () => {
  const read = (csv: string) =>
    collect(
      messagesOfCsv(() => bytes([csv]), {
        template: parseTemplate('Merhaba {ad}'),
        fields,
        keys: { title: 'ACME' },
      }),
    );

  it('have their own text and a key; what gives no message has its line and reason', async () => {
    const [good, empty, ragged] = await read('gsm;ad\n05321234567;Ayşe\n05321234568;\n05321234569\n');
    expect(good).toMatchObject({
      kind: 'message',
      line: 2,
      message: { to: '05321234567', text: 'Merhaba Ayşe', idempotencyKey: expect.any(String) },
    });
    expect(empty).toEqual({
      kind: 'problem',
      line: 3,
      problem: { code: 'LINE_VALUE_MISSING', message: 'It has no value for {ad}.' },
    });
    expect(ragged).toMatchObject({ kind: 'problem', line: 4, problem: { code: 'LINE_RAGGED' } });
  });

  it('are none where the file lacks a column of the text', async () => {
    await expect(read('gsm\n05321234567\n')).rejects.toMatchObject({ code: 'CSV_COLUMN_MISSING' });
  });
});
