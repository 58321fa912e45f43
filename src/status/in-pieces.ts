import type { Ended } from '../queue/ended-state.ts';
import { endOfPiece, type Piece, type Range, type Settled, usedOf } from '../queue/journal.ts';
import { jobOfRecord, pieceId, placeAmongLeft, subJob } from '../queue/pieces.ts';
import type { SendJob } from '../queue/send-job.ts';
import { type Aim, type Next, type Place, unknown } from './place.ts';
import type { Sight } from './sight.ts';

/** Where a message went whose job was divided, as the end of that job tells. Of joined sends nothing of the kind is kept. */
export function inEndedPieces(aim: Aim, { notes: { pieces = [] } }: Ended): Place | Next {
  const idAt = (at: number): string => pieceId(aim.jobId, at);
  if (aim.index === undefined)
    return inAll(
      aim,
      pieces.map((_, at) => ({ jobId: idAt(at) })),
    );
  const place = placeIn(pieces, aim.index);
  if (!place) return unknown;
  return {
    kind: 'next',
    aim: { ...aim, jobId: idAt(place.piece), index: place.index },
    otherwise: unknown,
  };
}

/** A division of which only the journal tells. */
export interface Division {
  readonly sight: Sight;
  readonly job: SendJob;
  readonly settled: Extract<Settled, { readonly end: 'split' }>;
}

/** Where a message went, or goes, whose job is being divided. */
export function inPieces(aim: Aim, { sight, job, settled }: Division): Place | Next {
  const view = jobOfRecord(aim.jobId, job, sight.record) ?? job;
  const { pieces } = settled;
  const parts = pieces.map((piece, at) => partOf(aim.jobId, { view, piece, at, sight }));
  if (aim.index === undefined) return inAll(aim, parts);
  const place = placeIn(
    pieces.map(({ ranges }) => ranges),
    placeAmongLeft(aim.index, sight.record),
  );
  const piece = place && pieces[place.piece];
  const part = place && parts[place.piece];
  if (!place || !piece || !part) return unknown;
  const end = endOfPiece(piece, settled.at);
  const found = { ...aim.way, messageId: aim.messageId, sight, job, index: aim.index };
  return {
    kind: 'next',
    aim: { ...aim, ...part, index: view.joined ? undefined : place.index },
    otherwise: end ? { ...found, kind: 'settled', end } : unknown,
  };
}

interface PieceOf {
  readonly view: SendJob;
  readonly piece: Piece;
  readonly at: number;
  readonly sight: Sight;
}

type Part = Pick<Aim, 'jobId' | 'parent'>;

function partOf(id: string, { view, piece, at, sight }: PieceOf): Part {
  const jobId = pieceId(id, at, view);
  if (piece.fate !== 'again' || sight.isFinished) return { jobId };
  const { lane } = sight;
  return { jobId, parent: { id, lane, piece: subJob(id, view, piece.ranges, usedOf(piece)) } };
}

const inAll = ({ way }: Aim, parts: readonly Part[]): Next => ({
  kind: 'all',
  aims: parts.map((part) => ({ ...part, messageId: part.jobId, index: undefined, way })),
});

/** Which piece has the message at `index`, and its place there. */
function placeIn(
  pieces: readonly (readonly Range[])[],
  index: number,
): { readonly piece: number; readonly index: number } | undefined {
  for (const [piece, ranges] of pieces.entries()) {
    const places = ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at));
    const place = places.indexOf(index);
    if (place >= 0) return { piece, index: place };
  }
  return undefined;
}
