import { describe, expect, it } from 'vitest';
import { EventsError } from '../../../src/events/errors.ts';
import { type EventsOptions, resolveEventsOptions } from '../../../src/events/options.ts';

const good: EventsOptions = { redis: 'redis://127.0.0.1:6379', group: 'app' };

const problemsOf = (options: unknown): string => {
  try {
    resolveEventsOptions(options as EventsOptions);
    return '';
  } catch (error) {
    if (!(error instanceof EventsError)) throw error;
    expect(error.code).toBe('EVENTS_OPTIONS_INVALID');
    return error.message;
  }
};

describe('the options of events', () => {
  it('have defaults for all but Redis and group', () => {
    expect(resolveEventsOptions(good)).toMatchObject({
      prefix: '{jetsms}',
      accounts: ['default'],
      types: undefined,
      from: 'now',
      takeOverAfterMs: 30_000,
      pollMs: 250,
      readAhead: 100,
      consumer: expect.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.-]*-\d+$/),
    });
  });

  it('take several accounts, each once', () => {
    expect(resolveEventsOptions({ ...good, account: ['shop', 'bank', 'shop'] }).accounts).toEqual([
      'shop',
      'bank',
    ]);
  });

  it.each([
    ['redis', { redis: 'localhost' }],
    ['redis', { redis: undefined }],
    ['redis', { redis: {} }],
    ['prefix', { prefix: '' }],
    ['account', { account: [] }],
    ['account', { account: 'Shop' }],
    ['account', { account: [7] }],
    ['group', { group: '' }],
    ['group', { group: 'a b' }],
    ['group', { group: undefined }],
    ['consumer', { consumer: '-' }],
    ['types', { types: ['message.sent'] }],
    ['types', { types: 'message' }],
    ['from', { from: 'then' }],
    ['takeOverAfterMs', { takeOverAfterMs: 10 }],
    ['pollMs', { pollMs: 1.5 }],
    ['readAhead', { readAhead: 0 }],
    ['onProblem', { onProblem: 'log' }],
  ])('name %s where it cannot be used: %o', (name, change) => {
    expect(problemsOf({ ...good, ...change })).toContain(name);
  });

  it('are complained of all at once, without their values', () => {
    const message = problemsOf({ redis: 'redis-secret', group: '0532 123 45 67', from: 'x', readAhead: -1 });
    for (const name of ['redis', 'group', 'from', 'readAhead']) expect(message).toContain(name);
    expect(message).not.toMatch(/secret|0532/);
  });
});
