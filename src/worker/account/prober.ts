import { answered, claimProbe, type ProbeAnswer } from './hold-probes.ts';
import type { Hold } from './hold-record.ts';
import type { SeenHold } from './seen-hold.ts';

export interface ProberOptions {
  readonly seen: SeenHold;
  /** Asks JetSMS whether the reason is gone; sends nothing. */
  readonly ask: (hold: Hold) => Promise<Omit<ProbeAnswer, 'hasWaiting'>>;
  /** Whether the account has a message that could be the canary. */
  readonly hasWaiting: () => Promise<boolean>;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/**
 * Makes one probe, where it is time for one and none is under way: a question, and where that says yes or there is none,
 * a canary may go. Never throws.
 */
export function createProber({ seen, ask, hasWaiting, now, onError }: ProberOptions): () => Promise<void> {
  let isProbing = false;

  const probe = async (hold: Hold): Promise<void> => {
    if (!(await seen.change(claimProbe))) return;
    const told = await ask(hold);
    const answer = { ...told, hasWaiting: await hasWaiting() };
    await seen.changeTo((record, at) =>
      // The answer can take its time; meanwhile another reason may hold the account.
      record.hold?.reason === hold.reason ? answered(record, answer, at) : record,
    );
  };

  return async () => {
    const hold = seen.hold();
    if (isProbing || hold?.mode !== 'probing' || hold.nextProbeAt > now()) return;
    isProbing = true;
    try {
      await probe(hold);
    } catch (error) {
      onError(error);
    } finally {
      isProbing = false;
    }
  };
}
