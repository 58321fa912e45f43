import { describe, expect, it } from 'vitest';
import { type Control, createControl } from '../../../../src/worker/asking/control.ts';
import type { Inquiry } from '../../../../src/worker/asking/inquiry.ts';

const none: Inquiry = { kind: 'rows', found: [] };
const silence: Inquiry = { kind: 'no-answer' };
const refusal = (refusedBy: string): Inquiry => ({ kind: 'no-answer', refusedBy });
const rowOf = (id: string): Inquiry => ({ kind: 'rows', found: [{ id, number: '', status: '1' }] });

interface World {
  readonly control: Control;
  readonly asked: string[];
  readonly inVain: string[];
  later(ms: number): void;
}

/** A JetSMS that answers as told: `known` is the id of ours that it has said it knows. */
function world(answer: (id: string, nth: number) => Inquiry): World {
  const asked: string[] = [];
  const inVain: string[] = [];
  let now = 0;
  let made = 0;
  const control = createControl({
    inquire: ([id = '', ...others]) => {
      expect(others).toEqual([]);
      asked.push(id);
      return Promise.resolve(answer(id, asked.length));
    },
    newId: () => {
      made += 1;
      return `new${made}`;
    },
    onInVain: (why) => void inVain.push(why),
    clock: () => now,
  });
  return {
    control,
    asked,
    inVain,
    later: (ms) => {
      now += ms;
    },
  };
}

describe('the question about an id that nobody has used', () => {
  it('is asked alone, once in an hour, where the answer is good', async () => {
    const { control, asked, later } = world(() => none);
    expect(await control.isTrustworthy('known')).toBe(true);
    later(3_599_999);
    expect(await control.isTrustworthy('known')).toBe(true);
    expect(asked).toEqual(['new1']);
    later(1);
    expect(await control.isTrustworthy('known')).toBe(true);
    expect(asked).toEqual(['new1', 'new2']);
  });

  it('is asked once by many who want to know at the same time', async () => {
    const { control, asked } = world(() => none);
    const all = await Promise.all(Array.from({ length: 50 }, () => control.isTrustworthy('known')));
    expect(all).not.toContain(false);
    expect(asked).toHaveLength(1);
  });

  it.each<[string, (id: string) => Inquiry, string]>([
    ['JetSMS claims to know it', rowOf, 'found'],
    ['there is no answer', () => silence, 'no-answer'],
    ['everything is refused', () => refusal('99'), 'no-answer'],
  ])('means that nothing can be believed where %s; it is asked again soon', async (_, answer, why) => {
    const { control, asked, inVain, later } = world(answer);
    expect(await control.isTrustworthy('known')).toBe(false);
    const first = asked.length;
    expect(await control.isTrustworthy('known')).toBe(false);
    expect(asked).toHaveLength(first);
    expect(inVain).toEqual([why]);
    later(30_000);
    await control.isTrustworthy('known');
    expect(asked.length).toBeGreaterThan(first);
  });

  it('may be refused, where a known id is found after it and another unknown one is refused likewise', async () => {
    const { control, asked } = world((id) => (id === 'known' ? rowOf(id) : refusal('44')));
    expect(await control.isTrustworthy('known')).toBe(true);
    expect(asked).toEqual(['new1', 'known', 'new2']);
  });

  it.each<[string, readonly Inquiry[]]>([
    ['the known one is not found any more', [refusal('44'), none, refusal('44')]],
    ['another unknown one is refused otherwise', [refusal('99'), rowOf('known'), refusal('44')]],
    ['JetSMS claims to know another unknown one', [refusal('99'), rowOf('known'), rowOf('new2')]],
    ['another unknown one gets no answer', [refusal('44'), rowOf('known'), silence]],
  ])('was refused for another reason where %s', async (_, answers) => {
    const { control } = world((_id, nth) => answers[nth - 1] ?? silence);
    expect(await control.isTrustworthy('known')).toBe(false);
  });
});
