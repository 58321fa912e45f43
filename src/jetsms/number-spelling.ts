/** One spelling for all that a provider may use for a number: digits, a Turkish mobile with its country code. */
export function spellingOf(number: string): string {
  const digits = number.replace(/\D/g, '').replace(/^0+/, '');
  return /^5\d{9}$/.test(digits) ? `90${digits}` : digits;
}

/**
 * Whether these digits are the number of one of the recipients, in any spelling, or begin or end with it. A number
 * in the middle of them does not count: group ids are made of the time, so one may hold a number by chance.
 */
export function holdsNumberOfAny(digits: string, recipients: readonly { readonly to: string }[]): boolean {
  return recipients.some(({ to }) => {
    const national = spellingOf(to).replace(turkishCountryCode, '');
    return (
      spellingOf(digits).replace(turkishCountryCode, '').startsWith(national) || digits.endsWith(national)
    );
  });
}

/** In front of a mobile number, whatever follows that. */
const turkishCountryCode = /^90(?=5\d{9})/;
