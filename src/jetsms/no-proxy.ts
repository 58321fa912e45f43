import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is reached without the proxy, by a list as NO_PROXY has it: `*`, a name (which counts for all names
 * under it, with or without a point or `*.` in front), an IP address or a network such as `10.0.0.0/8`; each with `:port`
 * where it is about one port only. Pure and total: what is none of these fits nothing.
 */
export function goesStraight({ hostname, port, protocol }: URL, noProxy: readonly string[]): boolean {
  const host = hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return noProxy.some((entry) => {
    const { name, onlyPort = ownPort } = withPort(entry.toLowerCase());
    return onlyPort === ownPort && isMeant(host, name);
  });
}

/** `name:port`, `[IPv6]:port`, or one without a port; a bare IPv6 address has colons of its own. */
function withPort(entry: string): { readonly name: string; readonly onlyPort?: string } {
  const parts = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d+))?$/.exec(entry)?.groups;
  const name = parts?.['ipv6'] ?? parts?.['name'] ?? entry;
  const port = parts?.['port'];
  return port === undefined ? { name } : { name, onlyPort: port };
}

function isMeant(host: string, name: string): boolean {
  if (name === '*') return true;
  if (isIP(host) > 0) return isInNetwork(host, name);
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits, ...rest] = network.split('/');
  const family = isIP(address);
  const mostBits = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? mostBits : Number(/^\d{1,3}$/.exec(bits)?.[0] ?? Number.NaN);
  // A number that is none is not below the limit either.
  if (family === 0 || rest.length > 0 || !(prefix <= mostBits)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
