import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Hold,
  type HoldRecord,
  noRecord,
  parseHoldRecord,
} from '../../../../src/worker/account/hold-record.ts';

const full: Hold = {
  reason: 'account-fault',
  mode: 'probing',
  code: '10',
  since: 1,
  modeSince: 2,
  by: 'worker w',
  witness: 'm1',
  probes: 3,
  nextProbeAt: 4,
  canaryMayGo: true,
  canary: { id: 'm2', worker: 'w', until: 5 },
  refusedCanaries: ['m2', 'm3'],
};
const record: HoldRecord = {
  hold: full,
  liftedAt: 6,
  provenAt: 7,
  unknownInRow: 2,
  witnessed: ['account-fault'],
  unknownAt: 8,
  trial: { id: 'm4', since: 9 },
};

describe('the record of an account’s holds', () => {
  it.each<[string, HoldRecord]>([
    ['with everything', record],
    [
      'of a person, on top of another',
      {
        ...noRecord,
        hold: {
          reason: 'operator',
          mode: 'stopped',
          since: 1,
          modeSince: 1,
          by: 'operator ayse',
          note: 'audit',
          beneath: { reason: 'account-fault', code: '10' },
          probes: 0,
          nextProbeAt: 0,
          canaryMayGo: false,
        },
      },
    ],
    ['without a hold', { ...noRecord, liftedAt: 5 }],
  ])('%s is read as it was written', (_, written) => {
    expect(parseHoldRecord(JSON.stringify(written))).toEqual(written);
  });

  it.each([
    '',
    'no JSON',
    '[]',
    'null',
    '7',
    '{"hold":{"reason":"constructor","mode":"probing"}}',
    '{"hold":[]}',
    '{"liftedAt":1,"provenAt":2,"unknownInRow":0,"hold":{"reason":"endpoint"}}',
  ])('reads %s as no hold', (raw) => {
    expect(parseHoldRecord(raw).hold).toBeUndefined();
  });

  it("keeps a person's hold that version 0.1 wrote, and probes its other ones", () => {
    const old = { since: 1, modeSince: 1, by: 'operator ayse', note: 'audit', mode: 'stopped' };
    const read = (change: object) => parseHoldRecord(JSON.stringify({ ...old, ...change })).hold;
    expect(read({ reason: 'operator' })).toMatchObject({
      reason: 'operator',
      mode: 'stopped',
      note: 'audit',
    });
    expect(read({ reason: 'operator', beneath: 'account-fault' })).toMatchObject({
      beneath: { reason: 'account-fault' },
    });
    expect(read({ reason: 'account-fault', code: '10' })).toMatchObject({ mode: 'probing', nextProbeAt: 0 });
  });

  it('is read whatever lies there', () => {
    const anything = fc.anything({ withNullPrototype: true });
    const nearly = fc.record(
      Object.fromEntries(Object.keys({ ...full, ...record }).map((key) => [key, anything])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          nearly.map((value) => JSON.stringify(value)),
          nearly.map((value) => JSON.stringify({ hold: value })),
        ),
        (raw) => {
          const read = parseHoldRecord(raw);
          expect(parseHoldRecord(JSON.stringify(read))).toEqual(read);
        },
      ),
    );
  });
});
