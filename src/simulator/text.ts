/** One cell a UTF-16 unit: 1 where ISO-8859-9 has the character and it may stand in a text. */
const permitted = permittedCharacters();

/**
 * Whether the text has a character that code 80 is about.
 * Our choice: unwanted-characters. Which characters trigger 80 is not known; outside ISO-8859-9, and
 * control characters other than tab and line ends, is the reading that fits the provider's old charset.
 */
export function hasUnwantedCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (permitted[text.charCodeAt(i)] !== 1) return true;
  }
  return false;
}

/** SMS parts of a text by the lengths of the list of codes: 160, 306, 459, 612 characters are 1, 2, 3, 4 parts. */
export function countParts(text: string): number {
  return text.length <= 160 ? 1 : Math.ceil(text.length / 153);
}

function permittedCharacters(): Uint8Array {
  const cells = new Uint8Array(65_536);
  const printable = Array.from({ length: 256 }, (_, byte) => byte).filter(isPrintableByte);
  for (const character of new TextDecoder('iso-8859-9').decode(Uint8Array.from(printable))) {
    cells[character.charCodeAt(0)] = 1;
  }
  return cells;
}

function isPrintableByte(byte: number): boolean {
  const isControl = byte < 0x20 || (byte >= 0x7f && byte < 0xa0);
  return !isControl || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
