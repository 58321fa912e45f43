import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSettings } from '../../../src/settings/describe.ts';
import { SettingsError } from '../../../src/settings/errors.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import { ofLane } from '../../../src/settings/per-lane.ts';
import { isProxyAddress, shownProxyAddress } from '../../../src/settings/proxy-address.ts';
import { selfSigned } from '../../support/self-signed.ts';

type Env = Readonly<Record<string, string>>;

const settingsOf = (env: Env, files: Env = {}) =>
  parseSettings({ env, files: (path) => files[path] ?? '' }, {});

function accountOf(env: Env, files: Env = {}) {
  const account = settingsOf(env, files).accounts.get('default');
  if (account === undefined) throw new Error('there is no account');
  return account;
}

function problemsOf(env: Env, files: Env = {}): string {
  try {
    settingsOf(env, files);
    return '';
  } catch (error) {
    return error instanceof SettingsError ? error.message : String(error);
  }
}

const shownOf = (env: Env, key: string) =>
  describeSettings(settingsOf(env)).find((row) => row.key === key && row.account !== undefined);

describe('the proxy of an account', () => {
  it('is none, and no standard variable counts, unless a setting says so', () => {
    const env = {
      HTTPS_PROXY: 'http://env.example:3128',
      HTTP_PROXY: 'http://env.example:3128',
      NO_PROXY: '*',
    };
    expect(accountOf(env)).toMatchObject({ proxyUrl: '', noProxy: [] });
  });

  it('may have a login, which is shown nowhere', () => {
    const env = { JETSMS_PROXY_URL: 'http://way:s3cr%40t-word@proxy.example:3128' };
    expect(accountOf(env).proxyUrl).toBe(env.JETSMS_PROXY_URL);
    expect(shownOf(env, 'proxyUrl')?.value).toBe('http://***@proxy.example:3128');
    expect(JSON.stringify(describeSettings(settingsOf(env)))).not.toMatch(/s3cr|way:/);
  });

  it('may lie in a file', () => {
    const env = { JETSMS_PROXY_URL_FILE: '/run/secrets/proxy' };
    expect(accountOf(env, { '/run/secrets/proxy': 'http://a:b@proxy.example:3128\n' }).proxyUrl).toBe(
      'http://a:b@proxy.example:3128',
    );
  });

  it.each([
    'proxy.example:3128',
    'socks5://proxy.example:1080',
    'http://proxy.example/path',
    'http://proxy.example?x=1',
    'http://a:%zz-geheim@proxy.example',
    'http://a:%0ageheim@proxy.example',
    'geheim',
  ])('is refused as %s, whose words are not repeated', (proxyUrl) => {
    const problems = problemsOf({ JETSMS_PROXY_URL: proxyUrl });
    expect(problems).toMatch(
      /proxyUrl \(JETSMS_PROXY_URL\) must be an http:\/\/ or https:\/\/ address of a proxy/,
    );
    expect(problems).not.toMatch(/geheim|zz/);
  });

  it('is never shown with its login, whatever that is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{6,20}$/), (password) => {
        const address = `http://somebody:${password}x9@proxy.example:3128`;
        expect(isProxyAddress(address)).toBe(true);
        expect(shownProxyAddress(address)).toBe('http://***@proxy.example:3128');
      }),
    );
  });

  it('is that of the standard variables where proxyFromEnvironment says so, by the scheme of the address', () => {
    const standard = {
      JETSMS_PROXY_FROM_ENVIRONMENT: 'true',
      HTTPS_PROXY: 'http://secure.example:3128',
      HTTP_PROXY: 'http://plain.example:3128',
      NO_PROXY: 'localhost, .internal.example',
    };
    const https = { ...standard, JETSMS_URL: 'https://jetsms.example/xmlsms' };
    expect(accountOf(https)).toMatchObject({
      proxyUrl: 'http://secure.example:3128',
      noProxy: ['localhost', '.internal.example'],
    });
    expect(shownOf(https, 'proxyUrl')).toMatchObject({ source: 'environment HTTPS_PROXY' });
    const http = { ...standard, JETSMS_URL: 'http://jetsms.example/xmlsms' };
    expect(accountOf(http).proxyUrl).toBe('http://plain.example:3128');
  });

  it('goes before the standard variables; those in small letters go before those in capitals', () => {
    const standard = {
      JETSMS_PROXY_FROM_ENVIRONMENT: 'true',
      HTTPS_PROXY: 'http://capitals.example:1',
      https_proxy: 'small.example:2',
    };
    expect(accountOf(standard).proxyUrl).toBe('http://small.example:2');
    const own = { ...standard, JETSMS_PROXY_URL: 'http://own.example:3' };
    expect(accountOf(own).proxyUrl).toBe('http://own.example:3');
  });

  it('is refused by the name of the standard variable that is wrong', () => {
    const problems = problemsOf({ JETSMS_PROXY_FROM_ENVIRONMENT: 'true', HTTPS_PROXY: 'socks5://geheim:1' });
    expect(problems).toMatch(/accounts\.default\.proxyUrl \(HTTPS_PROXY\) must be/);
    expect(problems).not.toContain('geheim');
  });
});

describe('certificates to trust', () => {
  const { cert, key } = selfSigned('proxy.example');

  it('are read from a file, several and with words between them', () => {
    const files = { 'ca.pem': `# ours\n${cert}\n# and the next\n${cert}` };
    expect(accountOf({ JETSMS_PROVIDER_CA_FILE: 'ca.pem' }, files).providerCa).toContain('BEGIN CERTIFICATE');
  });

  it.each([
    ['a key', key],
    ['a certificate with its key', cert + key],
    ['what is no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['words', 'ca.pem'],
  ])('are refused at start where the file holds %s', (_what, content) => {
    expect(problemsOf({ JETSMS_PROVIDER_CA_FILE: 'ca.pem' }, { 'ca.pem': content })).toMatch(
      /providerCa \(JETSMS_PROVIDER_CA(?:_FILE)?\) must (?:be one or more|hold) certificates/,
    );
  });
});

describe("JetSMS's switches", () => {
  const service = { JETSMS_SURFACE: 'web-service' };

  it('are for all lanes, for some, or for all but some', () => {
    const { channel, iysFilter, exclusionWindow } = accountOf({
      ...service,
      JETSMS_CHANNEL: 'VF, otp=VFO',
      JETSMS_IYS_FILTER: 'bulk=1',
      JETSMS_EXCLUSION_WINDOW: '23:00-08:00, otp=',
    });
    expect(['otp', 'transactional', 'bulk'].map((lane) => ofLane(channel, lane as 'otp'))).toEqual([
      'VFO',
      'VF',
      'VF',
    ]);
    expect([ofLane(iysFilter, 'otp'), ofLane(iysFilter, 'bulk')]).toEqual(['', '1']);
    expect([ofLane(exclusionWindow, 'otp'), ofLane(exclusionWindow, 'bulk')]).toEqual(['', '23:00-08:00']);
  });

  it('are shown as they may be written', () => {
    expect(shownOf({ ...service, JETSMS_CHANNEL: 'bulk=VF,otp=VFO' }, 'channel')?.value).toBe(
      'otp=VFO, bulk=VF',
    );
    expect(shownOf(service, 'channel')?.value).toBe('not set');
  });

  it('may be objects in the configuration file, where an empty one unsets', () => {
    const file = JSON.stringify({
      defaults: { surface: 'web-service', channel: 'VF' },
      accounts: { shop: { channel: { all: 'VF', otp: 'VFO' } }, clinic: { channel: {} } },
    });
    const { accounts } = settingsOf({ JETSMS_CONFIG: 'c.json' }, { 'c.json': file });
    expect(accounts.get('shop')?.channel).toEqual({ all: 'VF', otp: 'VFO' });
    expect(accounts.get('clinic')?.channel).toEqual({});
  });

  it.each([
    ['JETSMS_CHANNEL', 'V F'],
    ['JETSMS_CHANNEL', 'VF, VD'],
    ['JETSMS_CHANNEL', 'express=VF'],
    ['JETSMS_CHANNEL', 'otp=VF, otp=VD'],
    ['JETSMS_CHANNEL', 'VF,'],
    ['JETSMS_IYS_RECIPIENT_TYPE', 'BİREYSEL'],
    ['JETSMS_EXCLUSION_WINDOW', '23:00'],
    ['JETSMS_EXCLUSION_WINDOW', '24:00-08:00'],
    ['JETSMS_EXCLUSION_WINDOW', '08:00-08:00'],
  ])('are refused where %s is %s', (variable, value) => {
    expect(problemsOf({ ...service, [variable]: value })).toContain(`(${variable}) must be`);
  });

  it('are refused on the XML surface, which is not known to have any', () => {
    const problems = problemsOf({ JETSMS_CHANNEL: 'otp=VFO', JETSMS_EXCLUSION_WINDOW: '23:00-08:00' });
    expect(problems).toContain(
      'accounts.default.channel (JETSMS_CHANNEL) must not be set: on the surface XML',
    );
    expect(problems).toContain('accounts.default.exclusionWindow');
  });

  it('warn where one-time passwords would be kept back, or messages counted as unconfirmed too early', () => {
    const warned = settingsOf({
      ...service,
      JETSMS_EXCLUSION_WINDOW: '22:00-10:00',
      JETSMS_REPORT_FOR_MS: '3600000',
    }).warnings.join('\n');
    expect(warned).toMatch(/exclusionWindow counts for lane otp too/);
    expect(warned).toMatch(/reportForMs is not longer than exclusionWindow/);
    const fine = { ...service, JETSMS_EXCLUSION_WINDOW: '22:00-10:00, otp=' };
    expect(settingsOf(fine).warnings.join('\n')).not.toMatch(/exclusionWindow/);
  });
});
