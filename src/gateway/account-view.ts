import type { AccountHold } from '../operator/hold-operations.ts';
import type { CreditState } from '../worker/account/credit/credit-store.ts';

/** An account as a client of the gateway sees it: no login, no title, and nothing that an operator has written. */
export interface AccountView {
  readonly account: string;
  readonly hold: HoldView | null;
  readonly credit: CreditView | null;
}

interface HoldView {
  readonly reason: string;
  readonly mode: string;
  readonly since: number;
  readonly code?: string;
  readonly lanes?: readonly string[];
  readonly nextProbeAt?: number;
}

interface CreditView {
  readonly left: number;
  readonly at: number;
  readonly usedPerHour?: number;
  readonly hoursLeft?: number;
  readonly endsAt?: number;
  readonly coversWaiting: boolean;
}

/** What is known of an account: its hold, and what the workers last heard of its credit. */
export const accountView = (
  account: string,
  hold: AccountHold | undefined,
  credit: CreditState | undefined,
): AccountView => ({ account, hold: holdView(hold), credit: creditView(credit) });

function holdView({ hold, nextProbeAt }: Partial<AccountHold> = {}): HoldView | null {
  if (!hold) return null;
  const { reason, mode, since, code, lanes } = hold;
  return {
    reason,
    mode,
    since,
    ...(code === undefined ? {} : { code }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(nextProbeAt === undefined ? {} : { nextProbeAt }),
  };
}

function creditView(state: CreditState | undefined): CreditView | null {
  if (!state) return null;
  const { at, credit, forecast } = state;
  const { usedPerHour, hoursLeft, endsAt, coversWaiting } = forecast;
  return {
    left: credit,
    at,
    ...(usedPerHour === undefined ? {} : { usedPerHour }),
    ...(hoursLeft === undefined ? {} : { hoursLeft }),
    ...(endsAt === undefined ? {} : { endsAt }),
    coversWaiting,
  };
}
