import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assumptionGroups, probeSteps, settledBy } from '../../src/jetsms/assumptions.ts';
import { surfaceNames } from '../../src/message/surface.ts';

const root = new URL('../../', import.meta.url);
const rows = assumptionGroups.flatMap(({ rows: some }) => some);

/** Files that speak of a choice of ours which is not about JetSMS's wire. */
const notAboutTheWire: ReadonlySet<string> = new Set([
  'src/message/job-size.ts',
  'src/message/message.ts',
  'src/message/times.ts',
]);

/** The rooms that know JetSMS's wire. */
const files = ['src/jetsms', 'src/codes', 'src/message'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'assumptions.ts')
    .map((name) => `${folder}/${name}`),
);

describe('the assumptions about JetSMS', () => {
  it('have each an id of their own', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(rows)(
    'say of $id what would settle it, and where in code it is made',
    ({ steps, where, ...row }) => {
      expect(steps.length > 0 || row.otherwise !== undefined).toBe(true);
      for (const path of where) expect(existsSync(new URL(path, root)), path).toBe(true);
    },
  );

  it('are all of them listed: every file that speaks of a choice of ours is named by one', () => {
    const named = new Set(rows.flatMap(({ where }) => where));
    const silent = files.filter(
      (path) =>
        /our (?:own )?choice|assumption/i.test(readFileSync(new URL(path, root), 'utf8')) &&
        !named.has(path) &&
        !notAboutTheWire.has(path),
    );
    expect(silent).toEqual([]);
  });

  it.each(surfaceNames)('are settled over %s by every step of the probe that this surface has', (surface) => {
    const own = surface === 'xml' ? probeSteps.filter((step) => step !== 'unknown-id') : probeSteps;
    for (const step of own) expect(settledBy(step, surface), step).not.toEqual([]);
  });

  it('are settled only where they are about the surface', () => {
    expect(settledBy('group-report', 'xml')).toContain('xmlreport-lines');
    expect(settledBy('group-report', 'web-service')).not.toContain('xmlreport-lines');
    expect(settledBy('send', 'xml')).not.toContain('v2-status');
  });
});
