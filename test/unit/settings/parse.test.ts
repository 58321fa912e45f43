import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../../scripts/docs/settings-page.ts';
import { SettingsError } from '../../../src/settings/errors.ts';
import { type ParseOptions, parseSettings } from '../../../src/settings/parse.ts';
import type { Settings } from '../../../src/settings/settings.ts';

type Env = Readonly<Record<string, string>>;
type FileTexts = Readonly<Record<string, string>>;

const login: Env = {
  JETSMS_REDIS_URL: 'redis://localhost:6379',
  JETSMS_URL: 'https://service.example/xmlsms',
  JETSMS_USERNAME: 'shop',
  JETSMS_PASSWORD: 'very-secret',
};

function parse(env: Env, files: FileTexts = {}, options: ParseOptions = {}): Settings {
  return parseSettings({ env, files: (path) => fileText(files, path) }, options);
}

function fileText(files: FileTexts, path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
  return text;
}

function problemsOf(env: Env, files: FileTexts = {}, options: ParseOptions = {}): readonly string[] {
  try {
    parse(env, files, options);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n  ').slice(1);
    throw error;
  }
  return [];
}

const withConfig = (config: unknown, env: Env = {}): [Env, FileTexts] => [
  { JETSMS_CONFIG: '/etc/jetsms/config.json', ...env },
  { '/etc/jetsms/config.json': typeof config === 'string' ? config : JSON.stringify(config) },
];

describe('settings from the environment', () => {
  it('make one account called default', () => {
    const settings = parse(login, {}, { needs: ['redis', 'credentials'] });
    expect([...settings.accounts.keys()]).toEqual(['default']);
    expect(settings.accounts.get('default')).toMatchObject({
      name: 'default',
      url: 'https://service.example/xmlsms',
      username: 'shop',
      password: 'very-secret',
    });
  });

  it('become numbers, flags and windows', () => {
    const settings = parse({
      JETSMS_SHUTDOWN_TIMEOUT_MS: '45000',
      JETSMS_DASHBOARD_WRITABLE: 'true',
      JETSMS_MAX_TEXT_LENGTH: '612',
      JETSMS_MMS_WINDOWS: 'Mon 09:00-10:00',
    });
    expect(settings).toMatchObject({ shutdownTimeoutMs: 45_000, dashboardWritable: true });
    expect(settings.accounts.get('default')).toMatchObject({
      maxTextLength: 612,
      mmsWindows: [{ days: [1], fromMinute: 540, toMinute: 600 }],
    });
  });

  it('can lie in files, whose last line break does not count', () => {
    const env = { JETSMS_PASSWORD_FILE: '/run/secrets/password' };
    const files = { '/run/secrets/password': ' with spaces \r\n' };
    const settings = parse(env, files, { needs: [] });
    expect(settings.accounts.get('default')?.password).toBe('');
    const { JETSMS_PASSWORD: _, ...rest } = login;
    const needed = parse({ ...rest, ...env }, files, { needs: ['credentials'] });
    expect(needed.accounts.get('default')?.password).toBe(' with spaces ');
  });

  it('count as not set when empty', () => {
    expect(parse({ JETSMS_SHUTDOWN_TIMEOUT_MS: '', JETSMS_TITLE: '' }).shutdownTimeoutMs).toBe(30_000);
  });

  it('are frozen', () => {
    const settings = parse(login);
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.accounts.get('default'))).toBe(true);
  });

  it('may contain variables of others with the same prefix', () => {
    expect(problemsOf({ JETSMS_PORT: 'tcp://10.0.0.1:80', JETSMS_SERVICE_HOST: '10.0.0.1' })).toEqual([]);
  });
});

describe('wrong settings', () => {
  it('are reported all at once, by name and never with their value', () => {
    const env = {
      JETSMS_REDIS_URL: 'http://secret-1',
      JETSMS_URL: 'ftp://secret-2',
      JETSMS_CONNECTIONS: 'secret-3',
      JETSMS_MAX_TEXT_LENGTH: '161',
      JETSMS_DASHBOARD_PASSWORD: 'short',
      JETSMS_DASHBOARD_ENABLED: 'perhaps',
      JETSMS_MMS_WINDOWS: 'secret-5',
      JETSMS_LOG_LEVEL: 'loud',
    };
    expect(problemsOf(env)).toMatchInlineSnapshot(`
      [
        "redisUrl (JETSMS_REDIS_URL) must be a redis:// or rediss:// address, redis+sentinel://host:port,…/name, redis+cluster://host:port,… (rediss+… for TLS), or a socket as /path, unix:///path or redis+unix:///path: it begins like none of these",
        "logLevel (JETSMS_LOG_LEVEL) must be one of trace, debug, info, warn, error, fatal, silent",
        "dashboardEnabled (JETSMS_DASHBOARD_ENABLED) must be true or false",
        "dashboardPassword (JETSMS_DASHBOARD_PASSWORD) must be a text of one line, 8 to 256 characters",
        "url (JETSMS_URL) must be an http or https address without a login in it, such as https://service.example/xmlsms",
        "maxTextLength (JETSMS_MAX_TEXT_LENGTH) must be one of 160, 306, 459, 612",
        "connections (JETSMS_CONNECTIONS) must be a whole number from 1 to 1000",
        "mmsWindows (JETSMS_MMS_WINDOWS) must be windows such as 'Mon-Sat 09:00-21:00, Sun 10:00-18:00'",
      ]
    `);
    expect(problemsOf(env).join()).not.toMatch(/secret-\d|short|perhaps|loud|161/);
  });

  it('carry a code and the problems as data', () => {
    expect(() => parse({ JETSMS_CONNECTIONS: '0' })).toThrow(
      expect.objectContaining({
        name: 'SettingsError',
        code: 'SETTINGS_INVALID',
        problems: [
          {
            key: 'connections',
            env: 'JETSMS_CONNECTIONS',
            message: 'must be a whole number from 1 to 1000',
          },
        ],
      }),
    );
  });

  it.each([
    ['as itself and as a file', { JETSMS_TITLE: 'A', JETSMS_TITLE_FILE: '/title' }, 'is set twice'],
    ['in a file that is missing', { JETSMS_TITLE_FILE: '/nowhere' }, 'cannot be read (ENOENT)'],
    ['in a file that is empty', { JETSMS_TITLE_FILE: '/empty' }, 'names an empty file'],
    ['under a misspelled name', { JETSMS_PASWORD: 'x' }, 'did you mean JETSMS_PASSWORD?'],
    ['with a login in the address', { JETSMS_URL: 'https://me:pw@host/' }, 'without a login'],
    ['with a line break inside', { JETSMS_TITLE: 'A\nB' }, 'a text of one line'],
    ['as a negative number', { JETSMS_SHUTDOWN_TIMEOUT_MS: '-1' }, 'whole number of milliseconds'],
    ['as a number with a fraction', { JETSMS_SHUTDOWN_TIMEOUT_MS: '1.5' }, 'whole number of milliseconds'],
    ['with a socket path that is relative', { JETSMS_REDIS_URL: 'redis.sock' }, 'redis:// or rediss://'],
  ])('are refused when given %s', (_, env, message) => {
    expect(problemsOf(env, { '/title': 'A', '/empty': '\n' })).toEqual([expect.stringContaining(message)]);
  });

  it('are told from missing ones: what is wrong is not also called missing', () => {
    expect(problemsOf({ JETSMS_REDIS_URL: 'nonsense' }, {}, { needs: ['redis'] })).toHaveLength(1);
  });
});

describe('what a command needs', () => {
  it('is nothing by default', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('is named when it is missing', () => {
    expect(problemsOf({}, {}, { needs: ['redis', 'credentials'] })).toEqual([
      'redisUrl (JETSMS_REDIS_URL) must be set',
      'accounts.default.url (JETSMS_URL) must be set',
      'accounts.default.username (JETSMS_USERNAME) must be set',
      'accounts.default.password (JETSMS_PASSWORD) must be set',
    ]);
  });

  it("leaves the provider's password unread where it is not needed", () => {
    const env = { JETSMS_REDIS_URL: '/run/redis.sock', JETSMS_PASSWORD_FILE: '/not/mounted' };
    expect(problemsOf(env, {}, { needs: ['redis', 'dashboard'] })).toEqual([]);
    expect(problemsOf(env, {}, { needs: ['redis', 'credentials'] }).join()).toContain('ENOENT');
  });
});

describe('the configuration file', () => {
  it('gives several accounts, with defaults and files relative to its folder', () => {
    const [env, files] = withConfig(exampleConfig);
    const secrets = {
      '/etc/jetsms/secrets/redis-url': 'rediss://redis.example\n',
      '/etc/jetsms/secrets/shop-password': 'one\n',
      '/etc/jetsms/secrets/clinic-password': 'two\n',
    };
    const settings = parse(env, { ...files, ...secrets }, { needs: ['redis', 'credentials'] });
    expect(settings.redisUrl).toBe('rediss://redis.example');
    expect(settings.accounts.get('shop')).toMatchObject({ password: 'one', maxTextLength: 459 });
    expect(settings.accounts.get('clinic')).toMatchObject({ password: 'two', connections: 4 });
  });

  it('yields to the environment for the process, and its accounts do not', () => {
    const config = {
      prefix: 'from-file',
      logLevel: 'warn',
      defaults: { connections: 3, title: 'FILEDEFAULT', charset: 'iso-8859-9' },
      accounts: { shop: { connections: 4 }, clinic: {} },
    };
    const settings = parse(
      ...withConfig(config, {
        JETSMS_PREFIX: 'from-env',
        JETSMS_CONNECTIONS: '5',
        JETSMS_TITLE: 'ENV',
      }),
    );
    expect(settings).toMatchObject({ prefix: 'from-env', logLevel: 'warn' });
    expect(settings.accounts.get('shop')).toMatchObject({ connections: 4, title: 'ENV' });
    expect(settings.accounts.get('clinic')).toMatchObject({
      connections: 5,
      title: 'ENV',
      charset: 'iso-8859-9',
    });
  });

  it('may have a byte-order mark, and numbers and flags as JSON', () => {
    const settings = parse(...withConfig('\uFEFF{"dashboardWritable": true, "healthPort": 1234}'));
    expect(settings).toMatchObject({ dashboardWritable: true, healthPort: 1234 });
    expect([...settings.accounts.keys()]).toEqual(['default']);
  });

  it.each([
    ['{"redisUrll": 1}', 'redisUrll is unknown here: did you mean redisUrl?'],
    ['{"accounts": {"a": {"pasword": "x"}}}', 'accounts.a.pasword is unknown here: did you mean password?'],
    ['{"defaults": {"requestTimeout": 5}}', 'did you mean requestTimeoutMs?'],
    ['{"banana": 1}', 'banana is unknown here'],
    ['{"configFile": "x"}', 'configFile is unknown here'],
    ['{"url": "https://a"}', 'url belongs under defaults or under an account, not here'],
    ['{"accounts": {"a": {"prefix": "x"}}}', 'accounts.a.prefix belongs at the top of the file, not here'],
    ['{"__proto__": {}}', '__proto__ is unknown here'],
    ['{"accounts": {}}', 'accounts must name at least one account'],
    ['{"accounts": []}', 'accounts must be a JSON object'],
    ['{"accounts": {"a": null}}', 'accounts.a must be a JSON object'],
    ['{"accounts": {"Ä": {}}}', 'accounts.Ä must be called by'],
    ['{"accounts": {"shop-dead": {}}}', 'accounts.shop-dead must not end in -dead'],
    ['{"defaults": {"passwordFile": 5}}', 'defaults.password'],
    ['[]', 'configFile must be a JSON object'],
    ['{"password": "hush" oops', 'configFile (JETSMS_CONFIG) names a file that is not JSON'],
    ['', 'configFile (JETSMS_CONFIG) names a file that is not JSON'],
  ])('is refused when it is %s', (text, message) => {
    const [env, files] = withConfig(text);
    const problems = problemsOf(env, files, { needs: ['credentials'] }).join('\n');
    expect(problems).toContain(message);
    expect(problems).not.toContain('hush');
  });

  it('must exist when it is named', () => {
    expect(problemsOf({ JETSMS_CONFIG: '/nowhere.json' })).toEqual([
      'configFile (JETSMS_CONFIG) names a file that cannot be read (ENOENT)',
    ]);
  });

  it('takes account names that are words of JavaScript', () => {
    const settings = parse(...withConfig({ accounts: { constructor: { title: 'A' } } }));
    expect(settings.accounts.get('constructor')?.title).toBe('A');
  });
});

describe('rules across settings', () => {
  it('want requests to end well before the lock of their job', () => {
    expect(problemsOf({ JETSMS_REQUEST_TIMEOUT_MS: '45000' })).toEqual([
      expect.stringMatching(/^accounts\.default\.requestTimeoutMs .*less than half of lockDurationMs/),
    ]);
    expect(problemsOf({ JETSMS_REQUEST_TIMEOUT_MS: '44999' })).toEqual([]);
  });

  it('do not speak of a value that is wrong by itself', () => {
    expect(problemsOf({ JETSMS_REQUEST_TIMEOUT_MS: 'x', JETSMS_LOCK_DURATION_MS: '50000' })).toHaveLength(1);
    expect(problemsOf({ JETSMS_LOCK_DURATION_MS: 'x' })).toHaveLength(1);
  });

  const dashboardLogin = { JETSMS_DASHBOARD_USERNAME: 'me', JETSMS_DASHBOARD_PASSWORD: 'long-enough' };

  it('refuse a dashboard that strangers can open', () => {
    const env = { JETSMS_DASHBOARD_HOST: '0.0.0.0' };
    expect(problemsOf(env)).toEqual([]);
    expect(problemsOf(env, {}, { needs: ['dashboard'] })).toEqual([
      expect.stringContaining('is reachable from elsewhere'),
    ]);
    expect(problemsOf({ ...env, JETSMS_DASHBOARD_ENABLED: 'true' })).toHaveLength(1);
    expect(problemsOf({ ...env, ...dashboardLogin }, {}, { needs: ['dashboard'] })).toEqual([]);
  });

  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('let %s be without a login', (host) => {
    expect(problemsOf({ JETSMS_DASHBOARD_HOST: host }, {}, { needs: ['dashboard'] })).toEqual([]);
  });

  it.each(Object.keys(dashboardLogin))('refuse half a login: %s alone', (name) => {
    const env = { [name]: 'long-enough' };
    expect(problemsOf(env, {}, { needs: ['dashboard'] })).toEqual([
      expect.stringContaining('must be set too'),
    ]);
  });

  it('refuse half of TLS for the gateway', () => {
    const pem = '-----BEGIN X-----\nabc\n-----END X-----';
    const both = { JETSMS_GATEWAY_TLS_CERT: pem, JETSMS_GATEWAY_TLS_KEY: pem };
    expect(problemsOf(both)).toEqual([]);
    for (const name of Object.keys(both))
      expect(problemsOf({ [name]: pem })).toEqual([expect.stringContaining('must be set too: TLS')]);
    expect(problemsOf({ ...both, JETSMS_GATEWAY_TLS_KEY: 'abc' })).toHaveLength(1);
  });

  it('read proxies and networks that are trusted, and nothing that would be everybody or no address', () => {
    const proxies = (list: string): readonly string[] =>
      parse({ JETSMS_DASHBOARD_TRUSTED_PROXIES: list }).dashboardTrustedProxies;
    expect(proxies('10.0.3.7, 192.168.0.0/24,FD00::/8')).toEqual(['10.0.3.7', '192.168.0.0/24', 'fd00::/8']);
    for (const wrong of [
      'true',
      'proxy.internal',
      '0.0.0.0/0',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      '::/129',
      ',',
    ]) {
      expect(problemsOf({ JETSMS_DASHBOARD_TRUSTED_PROXIES: wrong }), wrong).toHaveLength(1);
    }
  });

  it('refuse one port for two servers', () => {
    const env = { JETSMS_DASHBOARD_ENABLED: 'true', JETSMS_DASHBOARD_PORT: '9464' };
    expect(problemsOf(env)).toHaveLength(1);
    expect(problemsOf({ ...env, JETSMS_HEALTH_HOST: '10.0.0.1' })).toEqual([]);
    expect(problemsOf({ ...env, JETSMS_HEALTH_HOST: '0.0.0.0' })).toHaveLength(1);
  });

  it('warn of what works but is probably not meant', () => {
    const { warnings } = parse({
      JETSMS_URL: 'http://service.example/xmlsms',
      JETSMS_SHUTDOWN_TIMEOUT_MS: '1000',
      JETSMS_CONCURRENCY: '2',
    });
    expect(warnings).toHaveLength(3);
    const others = { JETSMS_REPORT_URL: 'http://a.example/r', JETSMS_WEB_SERVICE_URL: 'http://a.example/w' };
    expect(parse(others).warnings).toEqual([
      expect.stringContaining('reportUrl is http'),
      expect.stringContaining('webServiceUrl is http'),
    ]);
    expect(parse({ JETSMS_URL: 'http://127.0.0.1:8080/xmlsms' }).warnings).toEqual([]);
  });
});
