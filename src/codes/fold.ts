/**
 * One spelling for comparison: lower case, the four Turkish i letters as one, single spaces, no ends.
 * `XML PARSER HATASI`, `XML Parser Hatası` and `XML Parser Hatasi` become the same text.
 */
export function fold(text: string): string {
  return text.normalize('NFC').replace(/[İIı]/g, 'i').toLowerCase().replace(/\s+/g, ' ').trim();
}
