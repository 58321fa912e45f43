// Our choice: number-forms. The provider documents the 10-digit form and clients use the 12-digit form; which
// others it takes is not known. One client lets foreign numbers be 8 to 17 digits long.
const foreign = /^[1-9]\d{7,16}$/;
const turkishMobile = /^(?:90|0)?(5\d{9})$/;

/** The number in the provider's 12-digit form (`905321234567`), or undefined where it is not a mobile number. */
export function readNumber(written: string): string | undefined {
  const number = written.trim();
  const domestic = turkishMobile.exec(number)?.[1];
  if (domestic !== undefined) return `90${domestic}`;
  if (number.startsWith('90')) return undefined;
  return foreign.test(number) ? number : undefined;
}

/** The numbers of one list, empty places left out. */
export function splitNumbers(list: string): readonly string[] {
  // Our choice: number-separators. Only the comma was ever seen.
  return list.split(/[\s,;|]+/).filter((number) => number !== '');
}
