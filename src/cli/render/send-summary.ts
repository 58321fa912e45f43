import { defaultPartsModel, type PartsModel } from '../../message/parts-models.ts';
import type { OutcomeRow } from '../send/outcome-tally.ts';
import { layOutColumns } from './columns.ts';
import { assumptionOf } from './parts.ts';

/** What a run of `jetsms send` came to, in numbers. */
export interface SendSummary {
  readonly dryRun: boolean;
  /** Lines of the file, or recipients, that were looked at. */
  readonly lines: number;
  readonly enqueued: number;
  readonly parts: number;
  /** How the parts were counted; undefined for an MMS, which counts as one. */
  readonly partsModel?: PartsModel | undefined;
  readonly before: number;
  readonly repeated: number;
  readonly refused: number;
}

/** The numbers of a run for people. Zeros that nobody asks about are left out. */
export function renderSendSummary(summary: SendSummary, width: number): readonly string[] {
  const { dryRun, enqueued, parts, partsModel, before, repeated, refused } = summary;
  const always: readonly (readonly string[])[] = [
    [dryRun ? 'would be enqueued' : 'enqueued', String(enqueued), partsNote(parts)],
    ['refused', String(refused), refused === 0 ? '' : 'the lines above say why; the others are not affected'],
  ];
  const sometimes = [
    [before, 'already enqueued', 'by an earlier run; not sent again (--again sends anew)'],
    [repeated, 'repeated', 'same as an earlier line; sent once'],
    [
      partsModel === undefined ? 0 : parts,
      'SMS parts',
      `counted by ${assumptionOf(partsModel ?? defaultPartsModel)}`,
    ],
  ] as const;
  const present = sometimes.filter(([count]) => count > 0);
  const rows = [...always, ...present.map(([count, label, note]) => [label, String(count), note])];
  return layOutColumns(rows, width);
}

const partsNote = (parts: number): string => `${parts} SMS ${parts === 1 ? 'part' : 'parts'}`;

/** How messages ended, for people: one line each, wrapped to the width. */
export function renderOutcomes(rows: readonly OutcomeRow[], width: number): readonly string[] {
  const head = ['OUTCOME', 'CODE', 'COUNT', 'MEANING'];
  const body = rows.map(({ end, reason, code, count, meaning }) => [
    outcomeName(end, reason),
    code ?? '-',
    String(count),
    meaning,
  ]);
  return layOutColumns([head, ...body], width);
}

function outcomeName(end: OutcomeRow['end'], reason: OutcomeRow['reason']): string {
  if (end === 'forgotten') return 'not known';
  return end === 'dead' ? `dead letter: ${reason}` : end;
}
