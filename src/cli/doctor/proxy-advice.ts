import type { ProxyCause } from '../../jetsms/outcome.ts';

/** What is wrong at a proxy, in words that follow its name. */
export const proxyTrouble: Readonly<Record<ProxyCause, string>> = {
  'proxy-dns': 'is a name that has no address',
  'proxy-unreachable': 'does not take the connection',
  'proxy-timeout': 'does not answer in time',
  'proxy-tls': 'does not speak TLS in a way that this machine trusts',
  'proxy-login': 'refuses the login',
  'proxy-refused': 'does not let us there',
  'proxy-bad-gateway': 'answers, but cannot get there itself',
  'proxy-failed': 'breaks the connection, or is no proxy',
};

/** What to do about a proxy, by what is wrong with it. */
export const ofProxy: Readonly<Record<ProxyCause, string>> = {
  'proxy-dns': 'Check the name of the proxy in proxyUrl, and the DNS of this machine.',
  'proxy-unreachable': 'Check host and port of proxyUrl, and whether the proxy runs.',
  'proxy-timeout': 'Check the firewall between this machine and the proxy, and the way from there.',
  'proxy-tls':
    'Is it an http:// proxy? Else name its CA (providerCa for JetSMS, NODE_EXTRA_CA_CERTS for webhooks).',
  'proxy-login': 'Correct the login in proxyUrl.',
  'proxy-refused':
    'Let the proxy allow CONNECT to this host and port: many allow port 443 only. Nothing was sent.',
  'proxy-bad-gateway': 'Check name and port of the address, and the firewall and DNS of the proxy.',
  'proxy-failed': 'Check that proxyUrl names an HTTP proxy that knows CONNECT, and read its log.',
};
