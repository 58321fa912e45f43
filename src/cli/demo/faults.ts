import type { Fault } from '../../simulator/index.ts';

/**
 * What the simulator does to single messages of the demo, by their place among those sent. Far enough apart that
 * the endpoint does not count as unreachable. Codes 80 and 85 need no fault: the file has an emoji and texts
 * longer than the account allows.
 */
export const plannedFaults: ReadonlyMap<number, Fault> = new Map<number, Fault>([
  [10, { kind: 'reply', code: '90-xml-null' }],
  [25, { kind: 'status', status: 503 }],
  [50, { kind: 'reply', code: '12' }],
  [80, { kind: 'accept-then-reset' }],
  [110, { kind: 'reply', code: '99' }],
  [125, { kind: 'reply', code: '90-xml-null' }],
  [150, { kind: 'reset-after-read' }],
  [170, { kind: 'reply', code: '12' }],
  [260, { kind: 'status', status: 503 }],
]);

/** SMS parts that the account has at first: fewer than the file takes, so that code 11 comes. */
export const firstCreditParts = 200;

/** SMS parts that the demo buys when the credit is gone, after so many milliseconds. */
export const topUp = { parts: 1_000, afterMs: 2_000 } as const;
