import { createRandom } from './random.ts';
import type { ReportSettings, ReportShares } from './report-settings.ts';

/** One record of a message: status 2 until `at`, then `status`. */
export interface Fate {
  readonly status: string;
  /** Epoch milliseconds; infinite where the message stays at status 2. */
  readonly at: number;
}

/** Status 2: waiting. The statuses are those of the provider's manual of the web service. */
export const waiting = '2';

const statusOfShare = {
  delivered: '1',
  failed: '3',
  expired: '4',
  never: waiting,
} as const satisfies Record<keyof ReportShares, string>;

/** What decides over a message's fates: nothing that depends on the order of requests, so that runs repeat. */
export interface FateFacts {
  readonly seed: number;
  readonly to: string;
  /** How many messages this number had before. */
  readonly earlier: number;
  /** When sending starts, in epoch milliseconds. */
  readonly startAt: number;
  readonly expireAt?: number | undefined;
  /** Records of the message, from 1. */
  readonly records: number;
}

/** Rolls what becomes of a message, one fate a record; pure. */
export function rollFates(facts: FateFacts, settings: ReportSettings): readonly Fate[] {
  const random = createRandom(hash(`${facts.seed}:${facts.to}:${facts.earlier}`));
  return Array.from({ length: facts.records }, () => {
    const share = pick(settings.shares, random());
    const { minMs, maxMs } = settings.delay;
    const delayMs = minMs + (maxMs - minMs) * random();
    return withinValidity(
      {
        status: statusOfShare[share],
        at: share === 'never' ? Number.POSITIVE_INFINITY : facts.startAt + delayMs,
      },
      facts.expireAt,
    );
  });
}

/** The status of a record at this time. */
export function statusAt({ status, at }: Fate, now: number): string {
  return now >= at ? status : waiting;
}

/** Our choice: report-expiry. A message that has no final status at its expire date gets 4 then. */
function withinValidity(fate: Fate, expireAt: number | undefined): Fate {
  if (expireAt === undefined || fate.at <= expireAt) return fate;
  return { status: statusOfShare.expired, at: expireAt };
}

function pick(shares: ReportShares, roll: number): keyof ReportShares {
  const { delivered, failed, expired, never } = shares;
  const at = roll * (delivered + failed + expired + never);
  if (at < delivered) return 'delivered';
  if (at < delivered + failed) return 'failed';
  return at < delivered + failed + expired ? 'expired' : 'never';
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
