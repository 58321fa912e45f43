import { describe, expect, it } from 'vitest';
import { ProducerError } from '../../../src/producer/errors.ts';
import { eventsShowChoices, type ProducerOptions, resolveOptions } from '../../../src/producer/options.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import { eventsShowChoices as choicesOfSettings } from '../../../src/settings/settings.ts';

const redis = 'redis://127.0.0.1:6379';

function refusal(options: unknown): ProducerError {
  try {
    resolveOptions(options as ProducerOptions);
  } catch (error) {
    if (error instanceof ProducerError) return error;
    throw error;
  }
  throw new Error('the options were taken');
}

describe("a producer's options", () => {
  it('have defaults for all but Redis', () => {
    expect(resolveOptions({ redis })).toEqual({
      redis,
      accounts: { default: {} },
      defaultAccount: 'default',
      prefix: '{jetsms}',
      idempotencyWindowMs: 24 * 60 * 60 * 1_000,
      requestSize: 1_000,
      maxJobBytes: 20_000_000,
      campaignWindowMs: 30 * 24 * 60 * 60 * 1_000,
      mediaMemoryMs: 90 * 24 * 60 * 60 * 1_000,
      keepStatusMs: 7 * 24 * 60 * 60 * 1_000,
      eventsShow: 'nothing',
      redisTimeoutMs: 1_000,
      replicasToConfirm: 0,
    });
  });

  it("are the workers' defaults and choices where workers have a setting of their name", () => {
    const { keepStatusMs, eventsShow } = resolveOptions({ redis });
    const settings = parseSettings({ env: {} });
    expect({ keepStatusMs, eventsShow }).toEqual({
      keepStatusMs: settings.keepStatusMs,
      eventsShow: settings.eventsShow,
    });
    expect(eventsShowChoices).toEqual(choicesOfSettings);
    expect(refusal({ redis, keepStatusMs: -1, eventsShow: 'all' }).message).toMatch(
      /keepStatusMs.*eventsShow/s,
    );
  });

  it.each([
    [{ title: 5 }, 'title'],
    [{ charset: 'ascii' }, 'charset'],
    [{ maxTextLength: 200 }, 'maxTextLength'],
    [{ surface: 'soap' }, 'surface'],
    [{ mmsContentTypes: 'image/png' }, 'mmsContentTypes'],
    [{ mmsMaxBytes: -1 }, 'mmsMaxBytes'],
    [null, 'the account at position 1'],
  ])('name what is wrong with an account: %j', (account, words) => {
    expect(refusal({ redis, accounts: { shop: account } }).message).toContain(words);
  });

  it('make the first account the default one', () => {
    const accounts = { shop: { title: 'SHOP' }, bank: {} };
    expect(resolveOptions({ redis, accounts })).toMatchObject({ accounts, defaultAccount: 'shop' });
  });

  it('mean their default where they are undefined, as an unset variable is', () => {
    const options = { redis, prefix: undefined, accounts: undefined, redisTimeoutMs: undefined };
    expect(resolveOptions(options as unknown as ProducerOptions)).toEqual(resolveOptions({ redis }));
  });

  it.each(['rediss://host:6380/2', '/run/redis.sock', '/run/redis.sock?db=2', 'unix:///run/redis.sock'])(
    'take %s, as the settings do',
    (address) => {
      expect(resolveOptions({ redis: address }).redis).toBe(address);
    },
  );

  it.each<[string, unknown, RegExp]>([
    ['no Redis', {}, /redis must be a redis:\/\/ or rediss:\/\/ address, .* it is no text/],
    ['another URL', { redis: 'http://127.0.0.1' }, /redis must be a redis:/],
    ['a database that is no number', { redis: 'redis://127.0.0.1/main' }, /redis must be a redis:/],
    ['no account', { redis, accounts: {} }, /accounts must name at least one/],
    ['an account name that cannot be a queue', { redis, accounts: { ok: {}, 'Not OK': {} } }, /position 2/],
    ['no window', { redis, idempotencyWindowMs: 0 }, /idempotencyWindowMs must be a whole number/],
    [
      'a window with a fraction',
      { redis, idempotencyWindowMs: 86_400_000 / 7 },
      /idempotencyWindowMs must be a whole/,
    ],
    [
      'a window without an end',
      { redis, campaignWindowMs: 1e300 },
      /campaignWindowMs must be a whole number/,
    ],
    ['a memory with a fraction', { redis, mediaMemoryMs: 0.5 }, /mediaMemoryMs must be a whole number/],
    ['a time limit that is no number', { redis, redisTimeoutMs: '1s' }, /redisTimeoutMs must be a positive/],
    [
      'a model of parts that is none',
      { redis, accounts: { a: { partsModel: 'list' }, b: { partsModel: 'constructor' } } },
      /partsModel of the account at position 2 must be one of list, operator-code/,
    ],
    ['jobs of too many messages', { redis, requestSize: 10_001 }, /requestSize must be a whole number/],
    ['too small jobs', { redis, maxJobBytes: 99_999 }, /maxJobBytes must be a whole number from 100,000/],
    ['no prefix', { redis, prefix: '' }, /prefix must be a text/],
  ])('are refused with %s', (_, options, expected) => {
    expect(refusal(options)).toMatchObject({
      code: 'PRODUCER_OPTIONS_INVALID',
      message: expect.stringMatching(expected),
    });
  });

  it('are refused with all problems at once, and without a word of what was given', () => {
    const { message } = refusal({ redis: 'secret-host', redisTimeoutMs: -1, accounts: {} });
    expect(message).toMatch(/redis must be.*accounts must name.*redisTimeoutMs must be/);
    expect(message).not.toContain('secret-host');
  });
});
