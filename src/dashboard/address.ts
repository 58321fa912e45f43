import { isIP, isIPv6 } from 'node:net';

/** What a request tells of where it comes from. */
export interface Caller {
  /** As Fastify sees it: behind trusted proxies, what the last of them says. */
  readonly ip: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The caller's address. What a proxy passes on may be any words: then the proxy's own address counts. */
export function addressOf({ ip, socket }: Caller): string {
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? 'unknown') : ip;
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

const groupsOfNetwork = 4;
const groupsOfAddress = 8;

/** One who has an IPv6 address has 2⁶⁴ of them: they count as one, `2001:db8:0:0::/64`. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const behind = tail === '' ? [] : tail.split(':');
  const zeros = Math.max(0, groupsOfAddress - before.length - behind.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...behind];
  const network = groups.slice(0, groupsOfNetwork).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
