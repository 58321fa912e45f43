import { isCount, isShaped, isString, isTime, isTrue, optional, type Shape } from './checks.ts';
import type { Asking, Used } from './journal.ts';

/** The fields that a journal and a piece share. */
export const usedShape: Shape<Used> = {
  attempts: isCount,
  resends: isCount,
  refusedAt: optional(isTime),
  isAtFault: optional(isTrue),
  asking: optional(isShaped<Asking>({ since: isTime, cause: isString, until: isTime, asked: isCount })),
};
