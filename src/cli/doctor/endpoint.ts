import { type EndpointProbe, probeEndpoint } from '../../jetsms/endpoint-probe.ts';
import type { UnsentCause } from '../../jetsms/outcome.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Finding } from './finding.ts';

const dayMs = 86_400_000;

/** A certificate that ends sooner than this is worth a word. */
const warnBeforeMs = 14 * dayMs;

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
  const probe = await probeEndpoint(account.url, account.connectTimeoutMs);
  return { check: 'endpoint', account: account.name, ...judgeAddress(probe, account.url, ofJetsms, now) };
}

/** What a probe of an address says. Of the address only its host is shown. */
export function judgeAddress(
  probe: EndpointProbe,
  address: string,
  advice: Advice,
  now: number,
): AddressFinding {
  const { host } = new URL(address);
  if (probe.kind === 'unreachable') {
    const { cause } = probe;
    const says = `${host} ${unreachable[cause] ?? 'cannot be reached'} (${cause})`;
    return { level: 'error', says, whatToDo: advice[cause] ?? advice.otherwise };
  }
  const reached = `${host} answers within ${probe.tookMs} ms`;
  if (probe.certificateEndsAt === undefined) return { level: 'ok', says: `${reached}, without TLS` };
  const leftMs = probe.certificateEndsAt - now;
  const says = `${reached}; its certificate is good for ${Math.floor(leftMs / dayMs)} days`;
  if (leftMs >= warnBeforeMs) return { level: 'ok', says };
  return { level: 'warning', says, whatToDo: advice.certificate };
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
  tls: 'Check JETSMS_URL; where a proxy of yours speaks TLS, name its CA in NODE_EXTRA_CA_CERTS.',
  otherwise: 'Check the network and the firewall between this machine and JetSMS.',
  certificate: 'Ask JetSMS whether it is being renewed.',
};
