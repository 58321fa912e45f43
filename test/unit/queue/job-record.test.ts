import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRecord, parseRecord } from '../../../src/queue/job-record.ts';

describe('the record of a job', () => {
  it('is empty where nothing lies there', () => {
    expect(parseRecord([])).toEqual(emptyRecord);
    expect(parseRecord([null, null, null, null])).toEqual(emptyRecord);
  });

  it('keeps apart what was lost and what was called off, and says what was seen of both', () => {
    const moved = { sendAt: 5, deadlineAt: 9 };
    expect(parseRecord(['{}', '[1]', '[3,2]', JSON.stringify(moved)])).toEqual({
      journal: '{}',
      lost: [1],
      cancelled: [3, 2],
      moved,
      seen: `[1]|[3,2]|${JSON.stringify(moved)}`,
    });
  });

  it.each(['nonsense', '{}', '[-2]', '[1.5]', '["1"]'])('lets no message go where its list is %s', (text) => {
    expect(parseRecord([null, text, null]).lost).toEqual([-1]);
    expect(parseRecord([null, null, text]).cancelled).toEqual([-1]);
    expect(parseRecord([null, null, null, text])).not.toHaveProperty('moved');
  });

  it('is read whatever lies there', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string())), (fields) => {
        expect(parseRecord(fields).seen.split('|').length).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});
