/** Character sets of one byte a character, which Node reads but does not write. */
export type ByteCharset = 'iso-8859-9' | 'windows-1254';

const bytes: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
const windows1254: readonly string[] = [...new TextDecoder('windows-1254').decode(Uint8Array.from(bytes))];

/**
 * The character of each byte. `TextDecoder` reads ISO-8859-9 as Windows-1254, so the control characters that
 * ISO-8859-9 has from 80 to 9F are put in here.
 */
const charactersOf: Readonly<Record<ByteCharset, readonly string[]>> = {
  'iso-8859-9': bytes.map((byte) => {
    const isControl = byte >= 0x80 && byte < 0xa0;
    return isControl ? String.fromCharCode(byte) : (windows1254[byte] ?? '');
  }),
  'windows-1254': windows1254,
};

const bytesOf: Readonly<Record<ByteCharset, ReadonlyMap<string, number>>> = {
  'iso-8859-9': byCharacter(charactersOf['iso-8859-9']),
  'windows-1254': byCharacter(charactersOf['windows-1254']),
};

function byCharacter(characters: readonly string[]): ReadonlyMap<string, number> {
  return new Map(characters.map((character, byte) => [character, byte]));
}

/** Every character of ISO-8859-9, in the order of its bytes. */
export const latin5: string = charactersOf['iso-8859-9'].join('');

/** A text in a character set; `?` for what the set lacks. */
export function encode(text: string, charset: ByteCharset | 'utf-8'): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  const known = bytesOf[charset];
  return Buffer.from(Array.from(text, (character) => known.get(character) ?? 0x3f));
}

/** The text that bytes in a character set are. */
export function decode(encoded: Buffer, charset: ByteCharset | 'utf-8'): string {
  if (charset === 'utf-8') return encoded.toString();
  return Array.from(encoded, (byte) => charactersOf[charset][byte]).join('');
}
