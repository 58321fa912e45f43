import { describe, expect, it } from 'vitest';
import { decodeDocument } from '../../../../src/simulator/xml/decode.ts';
import { encode } from '../../../support/encode.ts';

const text = '<a>ğüşıöçĞÜŞİÖÇ</a>';

function prolog(encoding: string): string {
  return `<?xml version="1.0" encoding="${encoding}"?>${text}`;
}

describe('decodeDocument', () => {
  it.each(['utf-8', 'UTF-8', 'utf8'])('follows the prolog %s', (encoding) => {
    expect(decodeDocument(Buffer.from(prolog(encoding)))).toEqual({ kind: 'text', text: prolog(encoding) });
  });

  it.each(['iso-8859-9', 'ISO-8859-9', 'latin5'])('follows the prolog %s', (encoding) => {
    const bytes = encode(prolog(encoding), 'iso-8859-9');
    expect(decodeDocument(bytes)).toEqual({ kind: 'text', text: prolog(encoding) });
  });

  it('follows the prolog against the header', () => {
    const bytes = encode(prolog('iso-8859-9'), 'iso-8859-9');
    expect(decodeDocument(bytes, 'text/xml; charset=utf-8')).toMatchObject({ text: prolog('iso-8859-9') });
  });

  it('follows the header where the prolog says nothing', () => {
    const bytes = encode(text, 'iso-8859-9');
    expect(decodeDocument(bytes, 'text/xml; charset="ISO-8859-9"')).toEqual({ kind: 'text', text });
  });

  it('takes UTF-8 where nothing is said, with a byte-order mark or without', () => {
    expect(decodeDocument(Buffer.from(text))).toEqual({ kind: 'text', text });
    expect(decodeDocument(Buffer.from(`\uFEFF${text}`))).toEqual({ kind: 'text', text });
  });

  it('cannot read bytes that are not in the declared character set', () => {
    expect(decodeDocument(encode(prolog('utf-8'), 'iso-8859-9')).kind).toBe('unreadable');
  });

  it.each(['klingon', 'constructor', '__proto__', 'toString', 'value-of'])(
    'cannot read a character set that it does not know: %s',
    (name) => {
      expect(decodeDocument(Buffer.from(prolog(name))).kind).toBe('unreadable');
      expect(decodeDocument(Buffer.from(text), `text/xml; charset=${name}`).kind).toBe('unreadable');
    },
  );
});
