/** One spelling for all that a provider may use for a number: digits, a Turkish mobile with its country code. */
export function spellingOf(number: string): string {
  const digits = number.replace(/\D/g, '').replace(/^0+/, '');
  return /^5\d{9}$/.test(digits) ? `90${digits}` : digits;
}

/** Whether these digits are the number of one of the recipients, in any spelling. */
export function isNumberOfAny(digits: string, recipients: readonly { readonly to: string }[]): boolean {
  const spelling = spellingOf(digits);
  return recipients.some(({ to }) => spellingOf(to) === spelling);
}
