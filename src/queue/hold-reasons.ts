/** Why an account stands still; docs/holds.md says how each begins and ends. */
export const holdReasons = [
  'no-credit',
  'account-fault',
  'endpoint',
  'unknown-code',
  'unreachable',
  'operator',
] as const;
export type HoldReason = (typeof holdReasons)[number];
