import { describe, expect, it } from 'vitest';
import { messageKey } from '../../../../src/cli/send/message-key.ts';

const scope = { title: 'FIRMA' };

describe('the key of a message from a file', () => {
  it('is the same for the same number in another spelling', () => {
    expect(messageKey('0532 123 45 67', 'Merhaba', scope)).toBe(
      messageKey('+905321234567', 'Merhaba', scope),
    );
  });

  it('is the same for a text that differs in how it is composed only', () => {
    expect(messageKey('05321234567', 'Ays\u0327e', scope)).toBe(messageKey('05321234567', 'Ayşe', scope));
  });

  it('is another for another number, text or title', () => {
    const keys = [
      messageKey('05321234567', 'Merhaba', scope),
      messageKey('05321234568', 'Merhaba', scope),
      messageKey('05321234567', 'Selam', scope),
      messageKey('05321234567', 'Merhaba', { title: 'BASKA' }),
      messageKey('05321234567', 'Merhaba', { ...scope, run: 'another' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does not look at the text where the caller gave a key', () => {
    const given = { ...scope, idempotencyKey: 'may-2027' };
    expect(messageKey('05321234567', 'Merhaba', given)).toBe(messageKey('05321234567', 'Selam', given));
    expect(messageKey('05321234568', 'Merhaba', given)).not.toBe(messageKey('05321234567', 'Merhaba', given));
  });

  it('reveals neither number nor text, and fits into the limit of the producer', () => {
    const key = messageKey('no number', 'Merhaba', scope);
    expect(key).toMatch(/^cli-[0-9a-f]{64}$/);
  });
});
