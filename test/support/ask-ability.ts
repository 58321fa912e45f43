import type { AskAbility } from '../../src/worker/verdict/uncertain-policy.ts';

const times = { firstMs: 2_000, forMs: 3_600_000, forOtpMs: 20_000 } as const;

/** A worker whose account can be asked about messages; and one whose account cannot. */
export const canAsk: AskAbility = { mostMessages: 10_000, ...times };
export const cannotAsk: AskAbility = { mostMessages: 0, ...times };
