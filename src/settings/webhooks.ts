import type { SettingsProblem } from './errors.ts';
import {
  accountNames,
  proxyAddress,
  someEventTypes,
  webhookAddress,
  webhookSecrets,
  wholeNumber,
} from './kinds.ts';
import { type Layer, type Reading, readConfigObject } from './layers.ts';
import { isLoopback } from './rules.ts';
import { type Setting, type SettingRows, toSettings } from './setting.ts';
import type { Settings, WebhookEndpoint } from './settings.ts';

/** The settings of an endpoint in the configuration file. */
const endpointRows: SettingRows<Omit<WebhookEndpoint, 'name'>> = {
  url: {
    kind: webhookAddress,
    default: '',
    meaning: 'Where events are sent to.',
    consequence: 'As webhookUrl.',
    example: 'https://app.example/hooks/jetsms',
  },
  secret: {
    kind: webhookSecrets,
    default: [],
    secret: true,
    meaning: 'What requests are signed with.',
    consequence: 'As webhookSecret; a list, too.',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  },
  types: {
    kind: someEventTypes,
    default: [],
    meaning: 'The types of events that are sent.',
    consequence: 'Without it all of them.',
    example: 'message.delivered, message.failed',
  },
  accounts: {
    kind: accountNames,
    default: [],
    meaning: 'The accounts whose events are sent.',
    consequence: 'Without it all of them.',
    example: 'shop',
  },
  batch: {
    kind: wholeNumber(1, 100),
    default: 1,
    meaning: 'The most events that one request carries.',
    consequence: 'As webhookBatch.',
    example: '100',
  },
  proxyUrl: {
    kind: proxyAddress,
    default: '',
    meaning: 'The proxy through which the endpoint is reached.',
    consequence:
      'As webhookProxyUrl, which does not count here: without it the endpoint is reached straight.',
    example: 'http://proxy.example:3128',
  },
};

/** The settings of an endpoint, in the order in which they are shown. */
export const endpointTable: readonly Setting[] = toSettings('process', endpointRows);
const endpointKeys = ['name', ...endpointTable.flatMap(({ key }) => [key, `${key}File`])];

/** The endpoint that the environment, or the top of the file, gives. */
export const ownEndpoint = 'default';

const endpointName = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Reads the list `webhooks` of the configuration file; whatever is wrong is reported and left out. */
export function readWebhooks(value: unknown, reading: Reading): readonly WebhookEndpoint[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((one, index) => readEndpoint(one, index, reading));
  reading.report({ key: 'webhooks', message: 'must be a list of endpoints' });
  return [];
}

function readEndpoint(value: unknown, index: number, reading: Reading): readonly WebhookEndpoint[] {
  const at = `webhooks.${index + 1}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    reading.report({ key: at, message: 'must be a JSON object' });
    return [];
  }
  const object: Readonly<Record<string, unknown>> = { ...value };
  for (const key of Object.keys(object)) {
    if (!endpointKeys.includes(key)) {
      reading.report({
        key: `${at}.${key}`,
        message: `is unknown here: there are ${endpointKeys.join(', ')}`,
      });
    }
  }
  const { name } = object;
  if (typeof name !== 'string' || !endpointName.test(name)) {
    reading.report({ key: `${at}.name`, message: 'must be 1 to 32 small letters, digits and hyphens' });
    return [];
  }
  const layer = readConfigObject(endpointTable, object, `${at}.`, reading);
  for (const key of ['url', 'secret']) {
    if (!layer.has(key)) reading.report({ key: `${at}.${key}`, message: 'must be set' });
  }
  return [{ name, ...valuesOf(layer) }];
}

function valuesOf(layer: Layer): Omit<WebhookEndpoint, 'name'> {
  const values = endpointTable.map(({ key, default: value }) => [key, layer.get(key)?.value ?? value]);
  return Object.fromEntries(values) as Omit<WebhookEndpoint, 'name'>; // the table is typed by it: every key, with its type
}

/** All endpoints: that of the environment first. */
export function allWebhooks(
  settings: Pick<
    Settings,
    'webhookUrl' | 'webhookSecret' | 'webhookTypes' | 'webhookBatch' | 'webhookProxyUrl'
  >,
  others: readonly WebhookEndpoint[],
): readonly WebhookEndpoint[] {
  const { webhookUrl: url, webhookSecret: secret, webhookTypes: types, webhookBatch: batch } = settings;
  if (url === '') return others;
  const own = {
    name: ownEndpoint,
    url,
    secret,
    types,
    accounts: [],
    batch,
    proxyUrl: settings.webhookProxyUrl,
  };
  return [own, ...others];
}

type Rule = (settings: Settings) => readonly SettingsProblem[];

const halfAnEndpoint: Rule = ({ webhookUrl, webhookSecret }) => {
  if ((webhookUrl === '') === (webhookSecret.length === 0)) return [];
  return webhookUrl === ''
    ? [{ key: 'webhookUrl', env: 'JETSMS_WEBHOOK_URL', message: 'must be set too: there is a webhookSecret' }]
    : [
        {
          key: 'webhookSecret',
          env: 'JETSMS_WEBHOOK_SECRET',
          message: 'must be set too: there is a webhookUrl',
        },
      ];
};

const sameName: Rule = ({ webhooks }) => {
  const names = webhooks.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => ({
    key: `webhooks.${name}`,
    message: `is there twice${name === ownEndpoint ? ': webhookUrl is called so' : ''}`,
  }));
};

const clearText: Rule = ({ webhooks, webhookAllowHttp }) =>
  webhooks
    .filter(({ url }) => !webhookAllowHttp && isClearText(url))
    .map(({ name }) => ({
      ...(name === ownEndpoint
        ? { key: 'webhookUrl', env: 'JETSMS_WEBHOOK_URL' }
        : { key: `webhooks.${name}.url` }),
      message:
        'must be https, unless it is on this machine or webhookAllowHttp (JETSMS_WEBHOOK_ALLOW_HTTP) is true',
    }));

const unknownAccount: Rule = ({ webhooks, accounts }) =>
  webhooks
    .filter((endpoint) => endpoint.accounts.some((name) => !accounts.has(name)))
    .map(({ name }) => ({
      key: `webhooks.${name}.accounts`,
      message: 'must name accounts of the settings',
    }));

/** The rules that no setting of an endpoint can check for itself. */
export const brokenWebhookRules: Rule = (settings) =>
  [halfAnEndpoint, sameName, clearText, unknownAccount].flatMap((rule) => rule(settings));

function isClearText(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === 'http:' && !isLoopback(url.hostname);
}
