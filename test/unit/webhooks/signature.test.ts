import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signedHeaders } from '../../../src/webhooks/signature.ts';
import { webhookSecret } from '../../support/webhook-receiver.ts';

describe('the signature of a webhook', () => {
  it('is that of Standard Webhooks, for any id, time, secret and body', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
        fc.integer({ min: 1_000, max: 4_000_000_000_000 }),
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        fc.string({ unit: 'grapheme' }),
        (id, at, key, body) => {
          const secret = `whsec_${Buffer.from(key).toString('base64')}`;
          expect(signedHeaders({ id, at, body }, [secret])).toEqual({
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(at / 1_000)),
            'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
          });
        },
      ),
    );
  });

  it('is good for whoever knows one of several secrets, and for nobody else', () => {
    const content = { id: 'msg_1', at: Date.now(), body: '{"type":"message.dead"}' };
    const headers = signedHeaders(content, [webhookSecret(1), webhookSecret(2)]);
    for (const byte of [1, 2]) {
      expect(new Webhook(webhookSecret(byte)).verify(content.body, headers)).toEqual({
        type: 'message.dead',
      });
    }
    expect(() => new Webhook(webhookSecret(3)).verify(content.body, headers)).toThrow();
    expect(() => new Webhook(webhookSecret(1)).verify(`${content.body} `, headers)).toThrow();
  });
});
