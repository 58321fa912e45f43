import type { Journal } from '../queue/journal.ts';
import type { Verdict } from './verdict/verdict.ts';

/** What came of a delivery, for the processor that waits for it. */
export type Settlement =
  | {
      readonly kind: 'verdict';
      readonly verdict: Verdict;
      readonly journal: Journal;
      /** How long the request took; missing where this run made none. */
      readonly durationMs?: number;
    }
  /** Nothing was sent: the job goes back as it was. */
  | { readonly kind: 'back' }
  /** Nothing was sent, because too few replicas have confirmed its mark: the job waits a moment. */
  | { readonly kind: 'unconfirmed' }
  /** Nothing was sent: what lies beside the job is not what this run has seen. */
  | { readonly kind: 'look-again' }
  /** The same, found when its end was to be recorded. */
  | { readonly kind: 'changed' }
  /** The job is another run's now: nothing may be done with it here. */
  | { readonly kind: 'lost' }
  /** Its end was recorded meanwhile. */
  | { readonly kind: 'superseded' }
  /** Redis refused a write, or a bug. A mark, if one was written, stays. */
  | { readonly kind: 'failed'; readonly error: unknown };
