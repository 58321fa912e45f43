import { isIP } from 'node:net';
import { z } from 'zod';
import { type Kind, lowerCaseList } from './kinds.ts';

/** IP addresses and networks, separated by commas. */
export const networks: Kind<readonly string[]> = {
  accepts: "IP addresses or networks such as '10.0.3.7, 192.168.0.0/24'",
  schema: lowerCaseList.pipe(z.array(z.string().refine(isNetwork)).min(1)),
  show: (list) => list.join(', '),
};

/** A network of length 0 would be everybody. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const mostBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (rest.length > 0 || mostBits === 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= mostBits);
}
