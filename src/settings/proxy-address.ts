/** What `isProxyAddress` takes, in words that end the sentence "must be …". */
export const proxyAddressForm =
  'an http:// or https:// address of a proxy without a path, its login in it where it wants one (encoded as in any URL), such as http://user:password@proxy.example:3128';

/** Whether a text says where a proxy is. */
export function isProxyAddress(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return false;
  return isDecodable(url.username) && isDecodable(url.password);
}

function isDecodable(text: string): boolean {
  try {
    // A header is one line.
    return !/\p{Cc}/u.test(decodeURIComponent(text));
  } catch {
    return false;
  }
}

/** The address without its login. */
export function shownProxyAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address === '' ? '' : '***';
  const hasLogin = url.username !== '' || url.password !== '';
  return `${url.protocol}//${hasLogin ? '***@' : ''}${url.host}`;
}
