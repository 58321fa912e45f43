import type { AccountSettings } from './account.ts';
import { certificates, flag, hostList, milliseconds, proxyAddress } from './kinds.ts';
import type { SettingRows } from './setting.ts';

/** Keys of the settings that say how JetSMS is reached. */
export type WayKey = 'proxyUrl' | 'noProxy' | 'proxyFromEnvironment' | 'providerCa' | 'keepAliveMs';

/** How JetSMS is reached: proxy, trust, and how long connections are kept. */
export const wayRows: SettingRows<Pick<AccountSettings, WayKey>> = {
  proxyUrl: {
    kind: proxyAddress,
    default: '',
    meaning:
      'The proxy through which everything that speaks to JetSMS for the account goes (sends, questions, reports, doctor), by HTTP CONNECT for https and http addresses.',
    consequence:
      'A wrong login of it (407), or a proxy that does not let us there, holds the account as endpoint; nothing was sent. Webhooks do not use it: they have webhookProxyUrl. Better as a file where there is a password.',
    example: 'http://user:password@proxy.example:3128',
  },
  noProxy: {
    kind: hostList,
    default: [],
    meaning:
      'What is reached without proxyUrl all the same, as in NO_PROXY: names (with all names under them), IP addresses and networks, each perhaps with a port; * = everything.',
    consequence: "Only the account's addresses are compared with it.",
    example: 'localhost, .internal.example, 10.0.0.0/8',
  },
  proxyFromEnvironment: {
    kind: flag,
    default: false,
    meaning:
      'Whether the standard variables count for the account: HTTPS_PROXY (for an https url) or HTTP_PROXY (for http), and NO_PROXY, also in small letters.',
    consequence:
      'proxyUrl and noProxy go before them. Without it they are ignored: on a server they are often meant for other programs.',
    example: 'true',
  },
  providerCa: {
    kind: certificates,
    default: '',
    meaning:
      "Certificates in PEM that are trusted for the account's addresses and its proxy, besides those that Node trusts.",
    consequence:
      'Needed where a proxy of yours opens TLS, or has a certificate of your own CA. What is no certificate is refused at start.',
    example: '-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----',
  },
  keepAliveMs: {
    kind: milliseconds(0, 600_000),
    default: 4_000,
    meaning:
      'How long an idle connection to JetSMS is kept for the next request; less where JetSMS says so (Keep-Alive).',
    consequence:
      'Longer than JetSMS, a proxy or a firewall keeps it: a request can meet a connection that is gone, and is uncertain. 0 = a connection for each request, which costs a handshake each.',
    example: '0',
  },
};
