import { describe, expect, it } from 'vitest';
import { deadQueueName, defaultPrefix, keys, queueName } from '../../../src/queue/names.ts';

describe('names in Redis', () => {
  it('are part of the contract between versions: changing one strands what is enqueued', () => {
    expect(defaultPrefix).toBe('{jetsms}');
    expect(queueName('acme')).toBe('jetsms-acme');
    expect(deadQueueName('acme')).toBe('jetsms-acme-dead');
    expect(keys.hold(defaultPrefix, 'acme')).toBe('{jetsms}:hold:acme');
    expect(keys.replayed(defaultPrefix, 'acme', 'm1')).toBe('{jetsms}:replayed:acme:m1');
  });

  it('hold no colon of their own, which BullMQ refuses', () => {
    expect(`${queueName('a-b')}${deadQueueName('a-b')}`).not.toContain(':');
  });
});
