import { describe, expect, it } from 'vitest';
import { SimulatorInputError } from '../../../src/simulator/errors.ts';
import { faultKinds } from '../../../src/simulator/fault-rule.ts';
import {
  readAccountChange,
  readFaultRule,
  readLatency,
  readNewAccount,
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
    ['', { kind: 'hang', forever: true }],
  ])('names the field %j of %j', (field, rule) => {
    expect(problemsOf(() => readFaultRule(rule))).toEqual([field]);
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

  it.each([
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
