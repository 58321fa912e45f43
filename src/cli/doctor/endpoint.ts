import { proxyFor, type WayOptions } from '../../jetsms/connector.ts';
import { type EndpointProbe, probeEndpoint } from '../../jetsms/endpoint-probe.ts';
import { proxyCauses, type UnsentCause } from '../../jetsms/outcome.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Finding } from './finding.ts';
import { ofProxy, proxyTrouble } from './proxy-advice.ts';

const dayMs = 86_400_000;

/** A certificate that ends sooner than this is worth a word. */
export const warnBeforeMs: number = 14 * dayMs;

/** What is found of an address, whoever's it is. */
export type AddressFinding = Pick<Finding, 'level' | 'says' | 'whatToDo'>;

/** What to do about an address, by what is wrong with it. */
export interface Advice extends Partial<Readonly<Record<UnsentCause, string>>> {
  readonly otherwise: string;
  /** Its certificate ends soon. */
  readonly certificate: string;
}

/** Whether the account's endpoint can be reached, by TLS where its address says so. Sends no request. */
export async function checkEndpoint(account: AccountSettings, now: number = Date.now()): Promise<Finding> {
  const probe = await probeEndpoint(account.url, account);
  const probed = { ...account, address: account.url };
  return { check: 'endpoint', account: account.name, ...judgeAddress(probe, probed, ofJetsms, now) };
}

/** An address, and how it is reached. */
export interface ProbedAddress extends Pick<WayOptions, 'proxyUrl' | 'noProxy'> {
  readonly address: string;
}

/** What a probe of an address says, and on which leg it failed. Of address and proxy only the hosts are shown. */
export function judgeAddress(
  probe: EndpointProbe,
  { address, ...way }: ProbedAddress,
  advice: Advice,
  now: number,
): AddressFinding {
  const { host } = new URL(address);
  const proxy = proxyFor(address, way);
  const proxyHost = proxy === undefined ? undefined : new URL(proxy).host;
  const through = proxyHost === undefined ? '' : ` through the proxy ${proxyHost}`;
  if (probe.kind === 'unreachable') {
    const { cause } = probe;
    const says = saysOfTrouble(cause, { host, proxyHost, through });
    return { level: 'error', says, whatToDo: advice[cause] ?? advice.otherwise };
  }
  const reached = `${host} answers within ${probe.tookMs} ms${through}`;
  if (probe.certificateEndsAt === undefined) return { level: 'ok', says: `${reached}, without TLS` };
  const leftMs = probe.certificateEndsAt - now;
  const says = `${reached}; its certificate is good for ${Math.floor(leftMs / dayMs)} days`;
  if (leftMs >= warnBeforeMs) return { level: 'ok', says };
  return { level: 'warning', says, whatToDo: advice.certificate };
}

interface Legs {
  readonly host: string;
  readonly proxyHost: string | undefined;
  readonly through: string;
}

function saysOfTrouble(cause: UnsentCause, { host, proxyHost, through }: Legs): string {
  const atProxy = proxyCauses.find((one) => one === cause);
  if (atProxy) return `the proxy ${proxyHost} ${proxyTrouble[atProxy]} (${cause}), on the way to ${host}`;
  return `${host} ${unreachable[cause] ?? 'cannot be reached'}${through} (${cause})`;
}

const unreachable: Partial<Record<UnsentCause, string>> = {
  dns: 'is a name that has no address',
  'connection-refused': 'refuses the connection',
  'connect-timeout': 'does not take the connection',
  tls: 'does not speak TLS in a way that this machine trusts',
};

const ofJetsms: Advice = {
  dns: 'Check JETSMS_URL and the DNS of this machine.',
  'connection-refused': 'Check host and port of JETSMS_URL, and whether JetSMS has to let your address in.',
  'connect-timeout': 'Check the firewall, and whether JetSMS has to let your address in.',
  tls: 'Check JETSMS_URL; where a proxy of yours opens TLS, name its CA in providerCa.',
  otherwise: 'Check the network and the firewall between this machine and JetSMS.',
  certificate: 'Ask JetSMS whether it is being renewed.',
  ...ofProxy,
};
