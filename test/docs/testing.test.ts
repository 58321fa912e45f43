import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Producer } from '../../src/producer/index.ts';
import type { FakeEndName, FakeFailure, FakeProducer } from '../../src/testing/index.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/testing.md');

describe('docs/testing.md', () => {
  it('has the example that is run as a test', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(page)?.[1];
    const tested = read('test/docs/testing-example.test.ts')
      .replace('../../src/testing/index.ts', 'jetsms-producer/testing')
      .replace('../../src/producer/index.ts', 'jetsms-producer');
    expect(example).toBe(tested);
  });

  it('has every function of the fake producer, and no other', () => {
    const rows = [...page.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual(Object.keys(own).toSorted());
  });

  it('has every end and every failure', () => {
    for (const name of [...Object.keys(ends), ...failures]) expect(page).toContain(`\`${name}\``);
  });
});

/** The compiler asks for one that is missing. */
const own: Readonly<Record<Exclude<keyof FakeProducer, keyof Producer>, true>> = {
  sent: true,
  deliver: true,
  events: true,
  told: true,
  failNext: true,
  setNow: true,
  clear: true,
};
const ends: Readonly<Record<FakeEndName, true>> = {
  sending: true,
  refused: true,
  asking: true,
  accepted: true,
  delivered: true,
  failed: true,
  expired: true,
  unconfirmed: true,
  dead: true,
};
const failures: readonly FakeFailure[] = ['unreachable', 'answer-lost', 'request-lost', 'OOM'];
