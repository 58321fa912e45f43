import type { Doubt } from '../../src/worker/asking/asker.ts';

/** A message whose request got no answer. */
export const doubt = (wireId: string, change: Partial<Doubt> = {}): Doubt => ({
  wireIds: [wireId],
  to: '905321234567',
  title: 'ACME',
  text: 'Merhaba',
  since: 1_800_000_000_000,
  isUnique: true,
  ...change,
});
