import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { campaignJobName, contentHash, keyedName } from '../../../src/producer/names-of-claims.ts';
import { sendJob } from '../../support/send-job.ts';

const secret = 'a'.repeat(64);
const other = 'b'.repeat(64);

describe('the name of an idempotency key', () => {
  it('is the same each time, and another for another key, account or installation', () => {
    const name = keyedName('main', 'order-17', secret);
    expect(name).toMatch(/^k[A-Za-z0-9_-]{16}$/);
    expect(keyedName('main', 'order-17', secret)).toBe(name);
    const others = [
      keyedName('main', 'order-18', secret),
      keyedName('other', 'order-17', secret),
      keyedName('main', 'order-17', other),
    ];
    expect(new Set([name, ...others]).size).toBe(4);
  });

  it('keeps account and key apart, whatever characters they have', () => {
    expect(keyedName('a', 'b\0c', secret)).not.toBe(keyedName('a\0b', 'c', secret));
    expect(keyedName('a","b', 'c', secret)).not.toBe(keyedName('a', 'b","c', secret));
  });
});

describe('the hash of a content', () => {
  const content = ['905321234567', 'FIRMA', 'Kodunuz 123456'];
  const hash = contentHash(content, secret);

  it.each(['to', 'title', 'text'].map((field, index) => [field, index] as const))(
    'differs in one place for another %s',
    (_, index) => {
      const changed = contentHash(content.with(index, 'other'), secret);
      const differing = [0, 1, 2].filter(
        (at) => changed.slice(8 * at, 8 * at + 8) !== hash.slice(8 * at, 8 * at + 8),
      );
      expect(differing).toEqual([index]);
    },
  );

  it('is not what a plain hash of the same facts gives, so that numbers cannot be tried', () => {
    const plain = ['sha256', 'sha3-256'].flatMap((algorithm) =>
      content.flatMap((field) =>
        [field, JSON.stringify(field), JSON.stringify(['to', field])].map((text) =>
          createHash(algorithm).update(text).digest('base64url').slice(0, 8),
        ),
      ),
    );
    const parts = [0, 1, 2].map((at) => hash.slice(8 * at, 8 * at + 8));
    expect(parts.filter((part) => plain.includes(part))).toEqual([]);
    expect(contentHash(content, other)).not.toBe(hash);
  });
});

describe("the name of a campaign's job", () => {
  const job = sendJob({ campaign: 'sale', account: 'acme' });
  const named = campaignJobName(job, 3, secret);

  it('is the same for the same campaign, place and content, whenever it is enqueued', () => {
    const later = { ...job, enqueuedAt: job.enqueuedAt + 1, deadlineAt: job.deadlineAt + 1 };
    expect(campaignJobName(later, 3, secret)).toEqual(named);
    expect(named.name).toMatch(/^c[A-Za-z0-9_-]{16}-3$/);
  });

  it.each([
    ['recipients', { to: ['905321234568'] }],
    ['text', { text: 'Selam' }],
    ['title', { title: 'OTHER' }],
  ])('has another content, and the same place, with another %s', (_, change) => {
    const changed = campaignJobName({ ...job, ...change }, 3, secret);
    expect(changed.name).toBe(named.name);
    expect(changed.content).not.toBe(named.content);
  });

  it.each([
    ['position', job, 4, secret],
    ['campaign', { ...job, campaign: 'other' }, 3, secret],
    ['account', { ...job, account: 'other' }, 3, secret],
    ['installation', job, 3, other],
  ])('is another for another %s', (_, its, position, itsSecret) => {
    expect(campaignJobName(its, position, itsSecret).name).not.toBe(named.name);
  });
});
