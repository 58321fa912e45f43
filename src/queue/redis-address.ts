/** What `isRedisAddress` takes, in words that end the sentence "must be …". */
export const redisAddressForm =
  'a redis:// or rediss:// address, or a socket as /path, unix:///path or redis+unix:///path';

const socketScheme = /^(?:redis\+)?unix:\/\/(?=\/)/;
const socketPath = /^\/[^/]/;

/** Whether a text says where a Redis is: the one rule for settings, producer and operators' functions. */
export function isRedisAddress(value: string): boolean {
  if (socketPath.test(withoutScheme(value))) return true;
  const url = URL.parse(value);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return false;
  return /^\/?\d*$/.test(url.pathname);
}

/** The address in the form that ioredis reads: it knows a socket by its bare path. */
export const forIoredis = (address: string): string => withoutScheme(address);

const withoutScheme = (address: string): string => address.replace(socketScheme, '');

/** The address with its password, and whatever its options may hide, replaced. */
export function maskRedisAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address.replace(/\?.*$/s, '?***');
  if (url.password !== '') url.password = '***';
  if (url.search !== '') url.search = '***';
  return url.href;
}

/** The passwords that an address holds, as they stand there and as they are meant. */
export function passwordsOf(address: string): readonly string[] {
  const url = URL.parse(address) ?? URL.parse(`unix://${address}`);
  if (url === null) return [];
  const inOptions = url.searchParams.getAll('password');
  return [url.password, decoded(url.password), ...inOptions].filter((password) => password !== '');
}

/** As it stands where it is not encoded as a URL wants it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
