import { describe, expect, it } from 'vitest';
import { describeSettings } from '../../../src/settings/describe.ts';
import { SettingsError, type SettingsProblem } from '../../../src/settings/errors.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import { webhookSecret } from '../../support/webhook-receiver.ts';

const secret = webhookSecret(1);
const parse = (env: Readonly<Record<string, string>>, config: unknown = {}) =>
  parseSettings({
    env: { JETSMS_CONFIG: '/config.json', ...env },
    files: (path) => {
      if (path === '/config.json') return JSON.stringify(config);
      if (path === '/hook-secret') return `${secret}\n${webhookSecret(2)}\n`;
      throw new Error('no such file');
    },
  });

function problemsOf(env: Readonly<Record<string, string>>, config?: unknown): readonly SettingsProblem[] {
  try {
    parse(env, config);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

const url = 'https://app.example/hooks?token=secret-token';
const own = { JETSMS_WEBHOOK_URL: url, JETSMS_WEBHOOK_SECRET: secret };

describe('the webhooks of the settings', () => {
  it('are none where nothing names one', () => {
    expect(parse({}).webhooks).toEqual([]);
  });

  it('are one of the environment, called default', () => {
    expect(parse(own).webhooks).toEqual([
      { name: 'default', url, secret: [secret], types: [], accounts: [], batch: 1, proxyUrl: '' },
    ]);
  });

  it("go straight whatever an account's proxy is, unless they have one of their own", () => {
    const env = { ...own, JETSMS_PROXY_URL: 'http://proxy.example:3128' };
    expect(parse(env).webhooks[0]?.proxyUrl).toBe('');
    const through = { ...env, JETSMS_WEBHOOK_PROXY_URL: 'http://a:b-secret@hooks.example:3128' };
    expect(parse(through).webhooks[0]?.proxyUrl).toBe('http://a:b-secret@hooks.example:3128');
    expect(JSON.stringify(describeSettings(parse(through)))).not.toContain('b-secret');
  });

  it('have several secrets while one takes the place of another', () => {
    const env = { ...own, JETSMS_WEBHOOK_SECRET: `${secret} ${webhookSecret(2)}` };
    expect(parse(env).webhooks[0]?.secret).toEqual([secret, webhookSecret(2)]);
  });

  it('are more in the file, each with filters of its own, and secrets from files', () => {
    const config = {
      accounts: { shop: {}, bank: {} },
      webhooks: [
        {
          name: 'crm',
          url,
          secretFile: '/hook-secret',
          types: ['message.dead'],
          accounts: 'shop',
          batch: 100,
        },
        { name: 'log', url: 'http://127.0.0.1:8080/', secret: [secret] },
      ],
    };
    expect(parse(own, config).webhooks.map(({ name }) => name)).toEqual(['default', 'crm', 'log']);
    expect(parse({}, config).webhooks[0]).toEqual({
      name: 'crm',
      url,
      secret: [secret, webhookSecret(2)],
      types: ['message.dead'],
      accounts: ['shop'],
      batch: 100,
      proxyUrl: '',
    });
  });

  it.each<[string, Readonly<Record<string, string>>, unknown]>([
    ['webhookSecret', { JETSMS_WEBHOOK_URL: url }, {}],
    ['webhookUrl', { JETSMS_WEBHOOK_SECRET: secret }, {}],
    ['webhookSecret', { ...own, JETSMS_WEBHOOK_SECRET: 'hunter22hunter22hunter22hunter22' }, {}],
    ['webhookSecret', { ...own, JETSMS_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, {}],
    ['webhookUrl', { ...own, JETSMS_WEBHOOK_URL: 'http://app.example/' }, {}],
    ['webhookUrl', { ...own, JETSMS_WEBHOOK_URL: 'https://user:hunter22@app.example/' }, {}],
    ['webhookTypes', { ...own, JETSMS_WEBHOOK_TYPES: 'message.sent' }, {}],
    ['webhookBatch', { ...own, JETSMS_WEBHOOK_BATCH: '101' }, {}],
    ['webhooks', {}, { webhooks: {} }],
    ['webhooks.1', {}, { webhooks: [7] }],
    ['webhooks.1.name', {}, { webhooks: [{ url, secret }] }],
    ['webhooks.1.url', {}, { webhooks: [{ name: 'crm', secret }] }],
    ['webhooks.1.secret', {}, { webhooks: [{ name: 'crm', url }] }],
    ['webhooks.1.typo', {}, { webhooks: [{ name: 'crm', url, secret, typo: 1 }] }],
    [
      'webhooks.crm',
      {},
      {
        webhooks: [
          { name: 'crm', url, secret },
          { name: 'crm', url, secret },
        ],
      },
    ],
    ['webhooks.default', own, { webhooks: [{ name: 'default', url, secret }] }],
    ['webhooks.crm.url', {}, { webhooks: [{ name: 'crm', url: 'http://app.example', secret }] }],
    ['webhooks.crm.accounts', {}, { webhooks: [{ name: 'crm', url, secret, accounts: ['unknown'] }] }],
  ])('are refused by name, %s, and never by value', (key, env, config) => {
    const problems = problemsOf(env, config);
    expect(problems.map((problem) => problem.key)).toEqual([key]);
    expect(JSON.stringify(problems)).not.toMatch(/hunter22|c2hvcnQ|token/);
  });

  it('may be http elsewhere where a setting says so', () => {
    const env = { ...own, JETSMS_WEBHOOK_URL: 'http://app.example/', JETSMS_WEBHOOK_ALLOW_HTTP: 'true' };
    expect(parse(env).webhooks).toHaveLength(1);
  });

  it('are shown without secrets, and of their addresses only the beginning', () => {
    const config = { webhooks: [{ name: 'crm', url, secret, types: ['message.dead'] }] };
    const shown = describeSettings(parse({ ...own, JETSMS_WEBHOOK_BATCH: '5' }, config));
    const ofWebhooks = shown.filter(({ key }) => /^webhook(?:s|Url|Secret|Batch)/.test(key));
    expect(ofWebhooks.map(({ key, value, source }) => `${key}: ${value} (${source})`)).toEqual([
      'webhookUrl: https://app.example/… (environment JETSMS_WEBHOOK_URL)',
      'webhookSecret: set (environment JETSMS_WEBHOOK_SECRET)',
      'webhookBatch: 5 (environment JETSMS_WEBHOOK_BATCH)',
      'webhooks.crm.url: https://app.example/… (config webhooks.crm.url)',
      'webhooks.crm.secret: set (config webhooks.crm.secret)',
      'webhooks.crm.types: message.dead (config webhooks.crm.types)',
      'webhooks.crm.accounts: not set (config webhooks.crm.accounts)',
      'webhooks.crm.batch: 1 (config webhooks.crm.batch)',
      'webhooks.crm.proxyUrl: not set (config webhooks.crm.proxyUrl)',
    ]);
    expect(JSON.stringify(shown)).not.toMatch(/whsec_[A-Za-z0-9]{20}|secret-token/);
  });
});
