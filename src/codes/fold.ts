/**
 * One spelling for comparison: lower case, the four Turkish i letters as one, single spaces, no ends.
 * `XML PARSER HATASI`, `XML Parser Hatası` and `XML Parser Hatasi` become the same text. Total: what is no text is an
 * empty one.
 */
export function fold(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text.normalize('NFC').replace(/[İIı]/g, 'i').toLowerCase().replace(/\s+/g, ' ').trim();
}
