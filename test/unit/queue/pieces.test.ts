import { describe, expect, it } from 'vitest';
import { pieceId, placeAmongLeft, placeOfPiece, withoutLost } from '../../../src/queue/pieces.ts';
import { sendJob } from '../../support/send-job.ts';

const to = [0, 1, 2, 3, 4].map((n) => String(905_320_000_000 + n));

describe('the place of a message in a division', () => {
  it('counts none that has lost its claim or was called off', () => {
    const record = { lost: [0], cancelled: [3] };
    expect(to.map((_, index) => placeAmongLeft(index, record))).toEqual([-1, 0, 1, -1, 2]);
    expect(placeAmongLeft(1, { lost: [-1] })).toBe(-1);
  });

  it.each([
    ['joined sends', { joined: true }],
    ['a campaign', {}],
  ] as const)('is read back from the id of its piece: %s', (_, kind) => {
    const record = { lost: [0], cancelled: [3] };
    const job = withoutLost('m1', sendJob({ to, ...kind }), [...record.lost, ...record.cancelled]);
    expect(job?.to).toHaveLength(3);
    for (const place of [0, 1, 2]) expect(placeOfPiece(pieceId('m1', place, job), 'm1', record)).toBe(place);
  });

  it.each(['m1', 'm2.0', 'm1.r1', 'm1.p', 'm1.0.1', 'm10.1', ''])('is none for %j', (id) => {
    expect(placeOfPiece(id, 'm1', { lost: [] })).toBe(-1);
  });
});
