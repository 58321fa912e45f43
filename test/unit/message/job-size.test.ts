import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultMaxJobBytes,
  isLargerThan,
  maxMessagesOfJob,
  messagesThatFit,
  smallestMaxJobBytes,
} from '../../../src/message/job-size.ts';
import { maxMmsTextLength } from '../../../src/message/media.ts';
import { maxTitleLength } from '../../../src/message/message.ts';
import { maxTextLengths } from '../../../src/message/text.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { sendJob } from '../../support/send-job.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The largest job of so many messages with a text each: every field as long and as wide as it can be. */
function largestJob(messages: number, character: string, textLength: number): SendJob {
  return sendJob({
    account: 'a'.repeat(32),
    lane: 'transactional',
    title: '€'.repeat(maxTitleLength),
    campaign: 'c'.repeat(64),
    to: Array.from({ length: messages }, () => '9'.repeat(15)),
    text: Array.from({ length: messages }, () => character.repeat(textLength)),
    whenUncertain: 'resend',
    parts: messages * 9,
    sendAt: Date.now(),
  });
}

describe('a value larger than so many bytes', () => {
  it('is never one whose JSON is not', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(isLargerThan(value, bytesOf(value))).toBe(false);
      }),
    );
  });

  it.each<[string, (much: number) => unknown]>([
    ['a long text', (much) => ({ ...sendJob(), text: 'x'.repeat(much) })],
    ['a text in a field that nobody knows', (much) => ({ ...sendJob(), extra: { of: ['x'.repeat(much)] } })],
    ['a long name of a field', (much) => ({ ...sendJob(), ['x'.repeat(much)]: 1 })],
    [
      'many numbers',
      (much) => ({ ...sendJob(), to: Array.from({ length: much / 10 }, () => '905321234567') }),
    ],
    ['many empty lists', (much) => Array.from({ length: much }, () => [])],
    ['many fields', (much) => Object.fromEntries(Array.from({ length: much / 4 }, (_, n) => [`${n}`, 0]))],
  ])('is one with %s', (_, large) => {
    expect(isLargerThan(large(200_000), 100_000)).toBe(true);
  });

  it('is one that lies deeper in itself than any job, whatever its size', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(isLargerThan({ ...sendJob(), extra: deep }, 1_000_000)).toBe(true);
  });
});

describe('the most messages with texts of their own in one job', () => {
  const anyLimit = fc.integer({ min: smallestMaxJobBytes, max: 1_000_000 });

  it('surely fit, whatever the characters', () => {
    const character = fc.constantFrom('a', '"', '\n', 'ş', '€', '\u2028', '\ufb01');
    fc.assert(
      fc.property(anyLimit, fc.constantFrom(...maxTextLengths), character, (limit, textLength, one) => {
        const messages = messagesThatFit(limit, textLength);
        expect(messages).toBeGreaterThan(0);
        expect(bytesOf(largestJob(messages, one, textLength))).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 40 },
    );
  });

  it('are as many as a job may have where nothing else is set', () => {
    expect(messagesThatFit(defaultMaxJobBytes, 612)).toBeGreaterThanOrEqual(maxMessagesOfJob);
  });

  it('are one of any single message with the smallest limit', () => {
    expect(bytesOf(largestJob(1, '€', maxMmsTextLength))).toBeLessThan(smallestMaxJobBytes);
  });
});
