import { describe, expect, it } from 'vitest';
import {
  deadQueueName,
  defaultPrefix,
  earlierQueueName,
  keys,
  queueName,
  queueNames,
} from '../../../src/queue/names.ts';

describe('names in Redis', () => {
  it('are part of the contract between versions: changing one strands what is enqueued', () => {
    expect(defaultPrefix).toBe('{jetsms}');
    expect(queueNames('acme')).toEqual(['jetsms-acme-otp', 'jetsms-acme-transactional', 'jetsms-acme-bulk']);
    expect(deadQueueName('acme')).toBe('jetsms-acme-dead');
    expect(keys.hold(defaultPrefix, 'acme')).toBe('{jetsms}:hold:acme');
    expect(keys.replayed(defaultPrefix, 'acme', 'm1')).toBe('{jetsms}:replayed:acme:m1');
    expect(keys.record(defaultPrefix, queueName('acme', 'otp'), 'm1')).toBe(
      '{jetsms}:record:jetsms-acme-otp:m1',
    );
    expect(keys.claim(defaultPrefix, 'acme', 'k1')).toBe('{jetsms}:claim:acme:k1');
  });

  it('of an earlier version are still known, so that nothing is left lying there unseen', () => {
    expect(earlierQueueName('acme')).toBe('jetsms-acme');
  });

  it('hold no colon of their own, which BullMQ refuses', () => {
    expect(`${queueName('a-b', 'bulk')}${deadQueueName('a-b')}`).not.toContain(':');
  });
});
