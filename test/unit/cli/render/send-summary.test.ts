import { describe, expect, it } from 'vitest';
import { renderOutcomes, renderSendSummary } from '../../../../src/cli/render/send-summary.ts';

const width = Number.POSITIVE_INFINITY;
const zero = { dryRun: false, lines: 0, enqueued: 0, parts: 0, before: 0, repeated: 0, refused: 0 };

describe('the summary of a send', () => {
  it('counts good and bad, and leaves out what did not occur', () => {
    expect(renderSendSummary({ ...zero, lines: 1, enqueued: 1, parts: 1 }, width)).toEqual([
      'enqueued  1  1 SMS part',
      'refused   0',
    ]);
  });

  it('calls the parts what they are: counted by a model, an assumption about charging', () => {
    expect(renderSendSummary({ ...zero, enqueued: 1, parts: 2, partsModel: 'list' }, width)).toEqual([
      'enqueued   1  2 SMS parts',
      'refused    0',
      'SMS parts  2  counted by partsModel list: an assumption about what JetSMS charges',
    ]);
  });

  it('says why fewer were enqueued than the file has lines', () => {
    const lines = renderSendSummary(
      { ...zero, dryRun: true, enqueued: 5, parts: 7, before: 2, repeated: 1, refused: 3 },
      width,
    );
    expect(lines.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['would be enqueued', '5'],
      ['refused', '3'],
      ['already enqueued', '2'],
      ['repeated', '1'],
    ]);
  });
});

describe('the outcomes', () => {
  it('are a table with a meaning for each', () => {
    const rows = [
      { end: 'accepted', reason: null, code: '00', count: 5, meaning: 'accepted by JetSMS' },
      { end: 'dead', reason: 'expired', code: null, count: 1, meaning: 'its deadline passed' },
      { end: 'forgotten', reason: null, code: null, count: 1, meaning: 'ended' },
    ] as const;
    expect(renderOutcomes(rows, width)).toEqual([
      'OUTCOME               CODE  COUNT  MEANING',
      'accepted              00    5      accepted by JetSMS',
      'dead letter: expired  -     1      its deadline passed',
      'not known             -     1      ended',
    ]);
  });
});
