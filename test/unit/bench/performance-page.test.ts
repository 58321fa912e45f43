import { describe, expect, it } from 'vitest';
import { groups } from '../../../bench/groups.ts';
import type { Figure } from '../../../bench/measure.ts';
import { type RunFacts, renderPerformance } from '../../../bench/performance-page.ts';

const facts: RunFacts = {
  date: '2026-01-02',
  machine: '2 × CPU, 24 GB',
  node: 'v24',
  redis: '7',
  packages: ['bullmq 6', 'bee-queue 2'],
  commit: 'abc',
  against: undefined,
  rounds: 5,
  scale: 1,
};

const figure = (what: string, isMet: boolean | undefined): Figure => ({
  what,
  target: 'at least 2 × plain',
  isMet,
  unit: '×',
  value: { median: 1.5, min: 1, max: 2_000 },
  behind: 'so and so many',
});

describe('docs/performance.md', () => {
  const page = renderPerformance(
    facts,
    [
      {
        name: 'one',
        counts: 'This and that.',
        figures: [figure('speed', true), figure('CPU', false), figure('import', undefined)],
      },
      { name: 'two', counts: 'Something else.', figures: undefined },
    ],
    undefined,
  );

  it('has for each figure what was measured, its target, and whether it is met', () => {
    expect(page).toContain('| speed | at least 2 × plain | 1.50 × | 1.00 | 2,000 | met |');
    expect(page).toContain('| CPU | at least 2 × plain | 1.50 × | 1.00 | 2,000 | **missed** |');
    expect(page).toContain('| import | at least 2 × plain | 1.50 × | 1.00 | 2,000 | not compared |');
    expect(page).toContain('1 met, 1 missed, 1 not compared.');
  });

  it('says what each group counts, and which were not measured', () => {
    expect(page).toContain('### one\n\nThis and that.\n\n- speed: so and so many\n');
    expect(page).toContain('Not measured in this run: `two`.');
    expect(page).toContain('### two\n\nSomething else.\n\nNot measured in this run.');
  });

  it('shows a ratio that just misses its target as what it is', () => {
    const near = { ...figure('CPU', false), value: { median: 0.204, min: 0.196, max: 0.21 } };
    const group = { name: 'one', counts: 'This and that.', figures: [near, { ...near, target: 'other' }] };
    const text = renderPerformance(facts, [group], undefined);
    expect(text).toContain('| 0.204 × | 0.196 | 0.210 | **missed** |');
    expect(text.match(/^- CPU/gm)).toHaveLength(1);
  });

  it('names the machine, the versions, and that no other checkout was compared', () => {
    for (const words of ['2 × CPU, 24 GB', 'Node v24', 'bee-queue 2', 'no other checkout was compared']) {
      expect(page).toContain(words);
    }
  });

  it('has no share of CPU time that was not measured', () => {
    expect(page).not.toContain("Where a message's time goes");
  });

  it('says of a quick look that it is one', () => {
    expect(renderPerformance({ ...facts, scale: 0.05 }, [], undefined)).toContain('not to be quoted');
  });
});

describe('the groups', () => {
  it('each have a name of their own and say what they count', () => {
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    for (const { counts } of groups) expect(counts.length).toBeGreaterThan(50);
  });
});
