import { type EndpointProbe, probeEndpoint } from '../../jetsms/endpoint-probe.ts';
import type { UnsentCause } from '../../jetsms/outcome.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Finding } from './finding.ts';

const dayMs = 86_400_000;

/** A certificate that ends sooner than this is worth a word. */
const warnBeforeMs = 14 * dayMs;

/** Whether the account's endpoint can be reached, by TLS where its address says so. Sends no request. */
export async function checkEndpoint(account: AccountSettings, now: number = Date.now()): Promise<Finding> {
  const probe = await probeEndpoint(account.url, account.connectTimeoutMs);
  return { check: 'endpoint', account: account.name, ...judge(probe, new URL(account.url).host, now) };
}

type EndpointFinding = Omit<Finding, 'check' | 'account'>;

function judge(probe: EndpointProbe, host: string, now: number): EndpointFinding {
  if (probe.kind === 'unreachable') {
    const { says, whatToDo } = unreachable[probe.cause] ?? otherwise;
    return { level: 'error', says: `${host} ${says} (${probe.cause})`, whatToDo };
  }
  const reached = `${host} answers within ${probe.tookMs} ms`;
  if (probe.certificateEndsAt === undefined) return { level: 'ok', says: `${reached}, without TLS` };
  const leftMs = probe.certificateEndsAt - now;
  const says = `${reached}; its certificate is good for ${Math.floor(leftMs / dayMs)} days`;
  if (leftMs >= warnBeforeMs) return { level: 'ok', says };
  return { level: 'warning', says, whatToDo: 'Ask JetSMS whether it is being renewed.' };
}

interface Trouble {
  readonly says: string;
  readonly whatToDo: string;
}

const otherwise: Trouble = {
  says: 'cannot be reached',
  whatToDo: 'Check the network and the firewall between this machine and JetSMS.',
};

const unreachable: Partial<Record<UnsentCause, Trouble>> = {
  dns: { says: 'is a name that has no address', whatToDo: 'Check JETSMS_URL and the DNS of this machine.' },
  'connection-refused': {
    says: 'refuses the connection',
    whatToDo: 'Check host and port of JETSMS_URL, and whether JetSMS has to let your address in.',
  },
  'connect-timeout': {
    says: 'does not take the connection',
    whatToDo: 'Check the firewall, and whether JetSMS has to let your address in.',
  },
  tls: {
    says: 'does not speak TLS in a way that this machine trusts',
    whatToDo: 'Check JETSMS_URL; where a proxy of yours speaks TLS, name its CA in NODE_EXTRA_CA_CERTS.',
  },
};
