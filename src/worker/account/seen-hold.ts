import { type Hold, type HoldRecord, noRecord } from './hold-record.ts';
import { type Step, type StepContext, shownHold } from './hold-steps.ts';
import type { HoldStore, StoredHold } from './hold-store.ts';

/** The hold of one account as this worker has seen it last, and how it is changed for all workers. */
export interface SeenHold {
  record(): HoldRecord;
  hold(): Hold | undefined;
  /** Looks at Redis; those who ask at the same time share one look. */
  look(): Promise<void>;
  /** Takes a step for all workers; the queue follows. */
  change<Result>(step: (record: HoldRecord, context: StepContext) => Step<Result>): Promise<Result>;
  /** The same, of a step that says nothing. */
  changeTo(step: (record: HoldRecord, context: StepContext) => HoldRecord): Promise<void>;
}

export interface SeenHoldOptions {
  readonly store: HoldStore;
  readonly context: () => StepContext;
  /** Awaited after a step that changed the hold. */
  readonly onStep: (record: HoldRecord) => Promise<void>;
  /** Told once for each change that people should see. */
  readonly onChange: (hold: Hold | undefined, before: Hold | undefined) => void;
}

export function createSeenHold({ store, context, onStep, onChange }: SeenHoldOptions): SeenHold {
  let seen: StoredHold = { record: noRecord, pausedLanes: [] };
  let looking: Promise<void> | undefined;

  const see = (stored: StoredHold): void => {
    const before = shownHold(seen.record, seen.pausedLanes);
    seen = stored;
    const after = shownHold(seen.record, seen.pausedLanes);
    if (before?.reason !== after?.reason || before?.mode !== after?.mode) onChange(after, before);
  };

  const change: SeenHold['change'] = async (step) => {
    const before = seen.record.hold;
    const { record, result } = await store.change((found) => step(found, context()));
    see({ record, pausedLanes: seen.pausedLanes });
    if (record.hold !== before) await onStep(record);
    return result;
  };

  return {
    record: () => seen.record,
    hold: () => seen.record.hold,
    look() {
      looking ??= store
        .read()
        .then(see)
        .finally(() => {
          looking = undefined;
        });
      return looking;
    },
    change,
    changeTo: (step) => change((record, at) => ({ record: step(record, at), result: undefined })),
  };
}
