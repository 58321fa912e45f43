import { describe, expect, it } from 'vitest';
import { defaultPrefix } from '../../../src/queue/names.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import { envName, isUnset } from '../../../src/settings/setting.ts';
import { settingsTable } from '../../../src/settings/table.ts';

describe('the settings table', () => {
  it('makes the variable from the key and keeps the unit', () => {
    expect(envName('requestTimeoutMs')).toBe('JETSMS_REQUEST_TIMEOUT_MS');
    expect(envName('url')).toBe('JETSMS_URL');
  });

  it('has every key and every variable once', () => {
    expect(new Set(settingsTable.map(({ key }) => key)).size).toBe(settingsTable.length);
    const variables = settingsTable.flatMap(({ env }) => [env, `${env}_FILE`]);
    expect(new Set(variables).size).toBe(variables.length);
  });

  it.each(settingsTable.map((setting) => [setting.key, setting] as const))(
    'has an example and a default for %s that it accepts itself',
    (_, { kind, example, default: value }) => {
      expect(kind.schema.safeParse(example).success).toBe(true);
      if (!isUnset(value)) expect(kind.schema.parse(kind.show(value))).toEqual(value);
    },
  );

  it.each(settingsTable.map((setting) => [setting.key, setting] as const))(
    'says for %s in whole sentences what it means and what follows',
    (_, { meaning, consequence }) => {
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(consequence).toMatch(/^.*\.$/);
    },
  );

  it('keeps every default when nothing is set', () => {
    const settings = parseSettings({ env: {} });
    const shown = settingsTable.map(({ key, scope, kind }) => {
      const values = scope === 'process' ? settings : settings.accounts.get('default');
      return [key, kind.show(Reflect.get(values ?? {}, key))];
    });
    expect(Object.fromEntries(shown)).toMatchInlineSnapshot(`
      {
        "askFirstMs": "2000",
        "askForMs": "3600000",
        "askForOtpMs": "20000",
        "batchSize": "100",
        "batchWaitMs": "5",
        "bodyTimeoutMs": "10000",
        "charset": "utf-8",
        "concurrency": "500",
        "configFile": "",
        "connectTimeoutMs": "5000",
        "connections": "32",
        "connectionsForOtp": "4",
        "creditIntervalMs": "300000",
        "csvMaxBytes": "67108864",
        "dashboardEnabled": "false",
        "dashboardHost": "127.0.0.1",
        "dashboardPassword": "",
        "dashboardPath": "/",
        "dashboardPort": "9465",
        "dashboardTrustedProxies": "",
        "dashboardUsername": "",
        "dashboardWritable": "false",
        "eventsShow": "nothing",
        "gatewayHost": "127.0.0.1",
        "gatewayMaxBodyBytes": "4000000",
        "gatewayPort": "9466",
        "gatewayTlsCert": "set",
        "gatewayTlsKey": "set",
        "gatewayTrustedProxies": "",
        "headersTimeoutMs": "20000",
        "healthHost": "127.0.0.1",
        "healthPort": "9464",
        "idempotencyWindowMs": "86400000",
        "keepCompletedAgeMs": "86400000",
        "keepCompletedCount": "50000",
        "keepDeadLettersAgeMs": "0",
        "keepFailedAgeMs": "604800000",
        "keepStatusMs": "604800000",
        "lockDurationMs": "90000",
        "logAccepted": "attempt",
        "logLevel": "info",
        "maxClockSkewMs": "30000",
        "maxEvents": "1000000",
        "maxJobBytes": "20000000",
        "maxProbeIntervalMs": "600000",
        "maxReplyBytes": "4194304",
        "maxTextLength": "160",
        "maxUncertainResends": "2",
        "messageHeader": "",
        "messageType": "",
        "messagesPerSecond": "0",
        "mmsContentTypes": "image/jpeg, image/gif, image/png, audio/amr, audio/mpeg, video/3gpp, text/plain",
        "mmsMaxBytes": "307200",
        "mmsWindows": "",
        "onLengthProblem": "RejectAllPackage",
        "partsModel": "list",
        "password": "",
        "prefix": "{jetsms}",
        "probeIntervalMs": "10000",
        "redisNeverEvicts": "false",
        "redisTlsCa": "set",
        "redisTlsCert": "set",
        "redisTlsKey": "set",
        "redisTlsServerName": "",
        "redisUrl": "",
        "replicasToConfirm": "0",
        "reportFirstMs": "30000",
        "reportForMs": "259200000",
        "reportIntervalMs": "10800000",
        "reportUrl": "",
        "reports": "all",
        "reportsPerSecond": "5",
        "requestTimeoutMs": "30000",
        "requestsPerSecond": "0",
        "resumeRatePerSecond": "50",
        "shutdownTimeoutMs": "30000",
        "stalledIntervalMs": "30000",
        "surface": "xml",
        "title": "",
        "unhealthyExitAfterMs": "900000",
        "unreachableAfter": "5",
        "url": "",
        "username": "",
        "webServiceOperations": "v2",
        "webServiceUrl": "",
        "webhookAllowHttp": "false",
        "webhookBatch": "1",
        "webhookConnections": "8",
        "webhookSecret": "set",
        "webhookTimeoutMs": "15000",
        "webhookTypes": "",
        "webhookUrl": "",
      }
    `);
  });

  it('agrees with producers on the prefix', () => {
    expect(parseSettings({ env: {} }).prefix).toBe(defaultPrefix);
  });
});
