import { describe, expect, it } from 'vitest';
import { SimulatorInputError } from '../../../src/simulator/errors.ts';
import { faultKinds } from '../../../src/simulator/fault-rule.ts';
import {
  readAccountChange,
  readFaultRule,
  readLatency,
  readNewAccount,
  readReportChange,
  readStatusOrder,
  readTopUp,
} from '../../../src/simulator/input.ts';
import { mmsDefaults } from '../../../src/simulator/mms.ts';

const extras: Readonly<Record<string, object>> = {
  reply: { code: '12' },
  'raw-reply': { body: '00' },
  status: { status: 503, retryAfter: 2 },
  'slow-body': { durationMs: 10 },
  latency: { latencyMs: 10 },
  'refuse-recipient': { code: '27', match: { to: '5321234567' } },
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof SimulatorInputError) return error.problems.map(({ field }) => field);
    throw error;
  }
  return [];
}

describe('readFaultRule', () => {
  it.each(faultKinds)('takes %s', (kind) => {
    const rule = { kind, times: 3, probability: 0.5, ...extras[kind] };
    expect(readFaultRule(rule)).toEqual(rule);
  });

  it.each([
    ['kind', { kind: 'explode' }],
    ['kind', {}],
    ['', undefined],
    ['times', { kind: 'hang', times: 0 }],
    ['probability', { kind: 'hang', probability: 2 }],
    ['code', { kind: 'reply', code: '00' }],
    ['code', { kind: 'reply', code: 'twelve' }],
    ['status', { kind: 'status', status: 200 }],
    ['match', { kind: 'refuse-recipient', code: '27' }],
    ['match.to', { kind: 'refuse-recipient', code: '27', match: {} }],
    ['status', { kind: 'soap-fault', status: 404 }],
    ['match', { kind: 'hang', match: { number: '532' } }],
    ['match', { kind: 'reset-before-body', match: { to: '5321234567' } }],
    ['match.operation', { kind: 'hang', match: { operation: 'SendFax' } }],
    ['match.on', { kind: 'hang', match: { on: 'fax' } }],
    ['', { kind: 'hang', forever: true }],
  ])('names the field %j of %j', (field, rule) => {
    expect(problemsOf(() => readFaultRule(rule))).toEqual([field]);
  });

  it('takes a reset before the body for what its headers tell', () => {
    const match = { surface: 'web-service', on: 'report', operation: 'ReportSMS_V2' };
    const rule = { kind: 'reset-before-body', match };
    expect(readFaultRule(rule)).toEqual(rule);
  });

  it('lists the kinds that there are, and never repeats a value', () => {
    expect(() => readFaultRule({ kind: '5321234567' })).toThrow(/must be one of reply, raw-reply/);
    expect(() => readFaultRule({ kind: '5321234567' })).not.toThrow(/5321234567/);
  });
});

describe('the other inputs', () => {
  it('takes an account with its login alone, and unlimited credit', () => {
    expect(readNewAccount({ username: 'a', password: 'b' })).toEqual({ username: 'a', password: 'b' });
    expect(readAccountChange({ credit: 'unlimited' })).toEqual({ credit: Number.POSITIVE_INFINITY });
  });

  it('takes a change of the reports, whole or in part', () => {
    const change = {
      shares: { failed: 1 },
      delay: { minMs: 1, maxMs: 2 },
      perPart: true,
      idLagMs: 5,
      unknownId: 'real',
      repeatedId: 'refused',
    };
    expect(readReportChange(change)).toEqual(change);
    expect(readReportChange({})).toEqual({});
  });

  it('takes a status for an own id, a group, a number of a group, and a part', () => {
    expect(readStatusOrder({ messageId: 'm', status: 3 })).toEqual({
      selector: { messageId: 'm' },
      given: { status: 3 },
    });
    expect(readStatusOrder({ groupId: 'g', to: '5321234567', status: 0, part: 2 })).toEqual({
      selector: { groupId: 'g', to: '5321234567' },
      given: { status: 0, part: 2 },
    });
  });

  it.each([
    [['shares'], () => readReportChange({ shares: { failed: 0 } })],
    [['shares.failed'], () => readReportChange({ shares: { failed: -1, never: 1 } })],
    [['shares'], () => readReportChange({ shares: { lost: 1, never: 1 } })],
    [['delay.maxMs'], () => readReportChange({ delay: { minMs: 2, maxMs: 1 } })],
    [['unknownId', 'repeatedId'], () => readReportChange({ unknownId: 'x', repeatedId: 'x' })],
    [[''], () => readReportChange({ failed: 1 })],
    [[''], () => readStatusOrder({ status: 1 })],
    [[''], () => readStatusOrder({ messageId: 'm', groupId: 'g', status: 1 })],
    [[''], () => readStatusOrder({ messageId: 'm', status: 'delivered' })],
    [['password'], () => readNewAccount({ username: 'a' })],
    [['maxTextLength', 'credit'], () => readAccountChange({ maxTextLength: 100, credit: -1 })],
    [
      ['mms.window.from'],
      () => readAccountChange({ mms: { ...mmsDefaults, window: { from: '9', until: '1000' } } }),
    ],
    [['surfaces.0'], () => readAccountChange({ surfaces: ['fax'] })],
    [['credit'], () => readTopUp({ username: 'a', credit: '5' })],
    [['maxMs'], () => readLatency({ minMs: 5, maxMs: 1 })],
  ])('names every field in %j', (fields, read) => {
    expect(problemsOf(read)).toEqual(fields);
  });
});
