import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/gateway/errors.ts';
import { type ListFormat, readRecipients } from '../../../src/gateway/recipients.ts';

/** A body that comes in pieces of so many bytes. */
async function* inPieces(body: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Recipients, and the faults of lines that give none. */
async function read(body: string | Uint8Array, format: ListFormat, size = 7): Promise<readonly unknown[]> {
  const list = readRecipients(inPieces(body, size), format);
  const rows: unknown[] = [];
  for await (const recipient of list.recipients) rows.push(list.faultAt(rows.length) ?? recipient);
  return rows;
}

const codeOf = async (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    () => undefined,
    (error) => (error instanceof GatewayError ? error.code : error),
  );

describe('NDJSON', () => {
  it('gives a recipient for each line that is one, and a fault for each other', async () => {
    const lines = [
      '"905321234567"',
      '5321234567',
      '',
      '{"to":"1","text":"ş","meta":{"a":1}}\r',
      'x',
      '[1]',
      'null',
      '{"too":1}',
    ];
    expect(await read(lines.join('\n'), 'ndjson')).toEqual([
      '905321234567',
      5321234567,
      { to: '1', text: 'ş', meta: { a: 1 } },
      'LINE_UNREADABLE',
      'LINE_UNREADABLE',
      'LINE_UNREADABLE',
      'LINE_FIELD_UNKNOWN',
    ]);
  });

  it('has the same recipients however the body is cut into pieces', async () => {
    const body = ['"ğüşöç"', '{"to":"İ","text":"ı"}', '7'].join('\n');
    const whole = await read(body, 'ndjson', 1_000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        expect(await read(body, 'ndjson', size)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a line that is no UTF-8, and a byte-order mark is none', async () => {
    const bytes = Buffer.concat([
      Buffer.from('\ufeff"1"\n'),
      Buffer.from([0x22, 0xfe, 0x22, 0x0a]),
      Buffer.from('"2"'),
    ]);
    expect(await read(bytes, 'ndjson')).toEqual(['1', 'LINE_UNREADABLE', '2']);
  });

  it('gives up a line that never ends', async () => {
    expect(await codeOf(read('x'.repeat(20_000), 'ndjson', 1_000))).toBe('LINES_UNREADABLE');
  });
});

describe('CSV', () => {
  it.each([';', ',', '\t'])('is separated by %j where its header is', async (separator) => {
    const lines = [
      ['to', 'text', 'meta.orderId'],
      ['0532 123 45 67', '"Merhaba, ""Ece""; iyi günler"', '17'],
      ['5321234567', '', ''],
    ];
    const body = `\ufeff${lines.map((cells) => cells.join(separator)).join('\r\n')}\r\n\r\n`;
    expect(await read(body, 'csv')).toEqual([
      { to: '0532 123 45 67', text: 'Merhaba, "Ece"; iyi günler', meta: { orderId: '17' } },
      { to: '5321234567' },
    ]);
  });

  it('refuses a row with other columns than the header, and one that is no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('to;text\n1;a;b\n2\n'), Buffer.from([0x33, 0x3b, 0xfe, 0x0a])]);
    expect(await read(bytes, 'csv')).toEqual(['LINE_UNREADABLE', 'LINE_UNREADABLE', 'LINE_UNREADABLE']);
  });

  it.each([
    '',
    '905321234567\n',
    'to;to\n',
    'text\n',
    'to;name\n',
    'to;meta.\n',
    'to;meta.__proto__\n',
    'x'.repeat(20_000),
  ])('refuses the header %#', async (header) => {
    expect(await codeOf(read(header, 'csv', 1_000))).toBe('CSV_HEADER_INVALID');
  });

  it('gives up where a quote is never closed', async () => {
    expect(await codeOf(read(`to;text\n1;"${'x\n'.repeat(20_000)}`, 'csv', 1_000))).toBe('LINES_UNREADABLE');
  });

  it('hands on what went wrong with the body', async () => {
    const cut = new Error('cut');
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('to\n1\n');
      throw cut;
    }
    const list = readRecipients(body(), 'csv');
    const reading = (async () => {
      for await (const _recipient of list.recipients);
    })();
    expect(await codeOf(reading)).toBe(cut);
  });
});

describe('a list of anything', () => {
  it('is read, or refused with a code of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('csv', 'ndjson'),
        async (bytes, format) => {
          const body = format === 'csv' ? Buffer.concat([Buffer.from('to;text\n'), bytes]) : bytes;
          const code = await codeOf(read(body, format));
          expect([undefined, 'LINES_UNREADABLE']).toContain(code);
        },
      ),
      { numRuns: 300 },
    );
  });
});
