import { probeEndpoint } from '../../jetsms/endpoint-probe.ts';
import type { WebhookEndpoint } from '../../settings/settings.ts';
import { type Advice, judgeAddress } from './endpoint.ts';
import type { Finding } from './finding.ts';
import { ofProxy } from './proxy-advice.ts';

/** A connection that took longer would be given up by deliveries, too. */
const connectTimeoutMs = 5_000;

/**
 * Whether a webhook endpoint can be reached, by TLS where its address says so. Sends no event. One that is away is a warning: its
 * events wait, and no message waits for it.
 */
export async function checkWebhook(
  { name, url, proxyUrl }: WebhookEndpoint,
  now: number = Date.now(),
): Promise<Finding> {
  const probe = await probeEndpoint(url, { connectTimeoutMs, proxyUrl });
  const { level, says, ...advice } = judgeAddress(probe, { address: url, proxyUrl }, ofReceiver, now);
  return {
    check: 'webhook',
    level: level === 'error' ? 'warning' : level,
    says: `${name}: ${says}`,
    ...advice,
  };
}

const ofReceiver: Advice = {
  dns: "Check the endpoint's address in the settings, and the DNS of this machine.",
  'connection-refused': "Check host and port of the endpoint's address, and whether the receiver runs.",
  tls: 'Check its certificate; where its CA is one of yours, name it in NODE_EXTRA_CA_CERTS.',
  otherwise: 'Check the network and the firewall between this machine and the receiver.',
  certificate: 'Renew it: an endpoint without a good one is told nothing.',
  ...ofProxy,
};
