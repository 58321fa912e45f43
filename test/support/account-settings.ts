import { mediaRules } from '../../src/message/media.ts';
import type { AccountSettings } from '../../src/settings/account.ts';

/** An account for tests: small time limits, and whatever else `overrides` says. */
export function accountSettings(
  overrides: Partial<AccountSettings> & { readonly url: string },
): AccountSettings {
  return {
    name: 'acme',
    surface: 'xml',
    webServiceOperations: 'v2',
    onLengthProblem: 'RejectAllPackage',
    messageType: '',
    messageHeader: '',
    reportUrl: '',
    webServiceUrl: '',
    username: 'acme',
    password: 'correct horse',
    title: 'ACME',
    charset: 'utf-8',
    maxTextLength: 160,
    partsModel: 'list',
    connections: 2,
    concurrency: 10,
    batchSize: 1,
    batchWaitMs: 0,
    connectionsForOtp: 0,
    messagesPerSecond: 0,
    requestsPerSecond: 0,
    connectTimeoutMs: 2_000,
    headersTimeoutMs: 2_000,
    bodyTimeoutMs: 2_000,
    requestTimeoutMs: 5_000,
    maxReplyBytes: 1_000,
    probeIntervalMs: 1_000,
    maxProbeIntervalMs: 1_000,
    unreachableAfter: 5,
    resumeRatePerSecond: 50,
    mmsWindows: [],
    mmsContentTypes: mediaRules.contentTypes,
    mmsMaxBytes: mediaRules.maxBytes,
    creditIntervalMs: 0,
    reports: 'all',
    reportFirstMs: 30_000,
    reportForMs: 3_600_000,
    reportsPerSecond: 50,
    ...overrides,
  };
}
