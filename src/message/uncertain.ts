import { MessageError } from './errors.ts';
import {
  type Lane,
  laneDefaults,
  notFoundChoices,
  uncertainChoices,
  type WhenNotFound,
  type WhenUncertain,
} from './lane.ts';

/** How a message goes on after a request without an answer. */
export interface UncertainWish {
  readonly whenUncertain: WhenUncertain;
  /** Beside `ask`, where it is not what the lane does by itself. */
  readonly whenNotFound?: WhenNotFound;
}

/** What becomes of a message where nothing can be learned of it: it is never `ask`. */
export function withoutAsking({
  lane,
  whenUncertain,
  whenNotFound = laneDefaults[lane].whenNotFound,
}: UncertainWish & { readonly lane: Lane }): WhenNotFound {
  return whenUncertain === 'ask' ? whenNotFound : whenUncertain;
}

/** The wish as it is kept: without what the lane does by itself. */
export function uncertainWish({
  lane,
  whenUncertain,
  whenNotFound,
}: UncertainWish & { readonly lane: Lane }): UncertainWish {
  const isOwn =
    whenUncertain === 'ask' && whenNotFound !== undefined && whenNotFound !== laneDefaults[lane].whenNotFound;
  return { whenUncertain, ...(isOwn ? { whenNotFound } : {}) };
}

/**
 * Checks what a message wants where it is uncertain, and completes it.
 * @throws MessageError WHEN_UNCERTAIN_UNKNOWN, WHEN_NOT_FOUND_UNKNOWN, WHEN_NOT_FOUND_UNASKED
 */
export function checkUncertainWish(
  fields: { readonly whenUncertain?: unknown; readonly whenNotFound?: unknown },
  lane: Lane,
): UncertainWish {
  const whenUncertain = checkWhenUncertain(fields.whenUncertain, lane);
  const whenNotFound = checkWhenNotFound(fields.whenNotFound);
  if (whenNotFound === undefined) return { whenUncertain };
  if (whenUncertain !== 'ask') throw new MessageError('WHEN_NOT_FOUND_UNASKED', 'whenNotFound');
  return uncertainWish({ lane, whenUncertain, whenNotFound });
}

function checkWhenNotFound(choice: unknown): WhenNotFound | undefined {
  if (choice === undefined) return undefined;
  const known = notFoundChoices.find((name) => name === choice);
  if (known !== undefined) return known;
  throw new MessageError('WHEN_NOT_FOUND_UNKNOWN', 'whenNotFound', { allowed: notFoundChoices.join(', ') });
}

function checkWhenUncertain(choice: unknown, lane: Lane): WhenUncertain {
  if (choice === undefined) return laneDefaults[lane].whenUncertain;
  const known = uncertainChoices.find((name) => name === choice);
  if (known !== undefined) return known;
  throw new MessageError('WHEN_UNCERTAIN_UNKNOWN', 'whenUncertain', { allowed: uncertainChoices.join(', ') });
}
