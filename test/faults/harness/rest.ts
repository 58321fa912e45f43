import { waitFor } from '../../support/wait-for.ts';
import type { World } from './world.ts';

/** Waits until no send job is under way any more. */
export async function untilAllEnded(world: World): Promise<void> {
  await waitFor(async () => (await countOpen(world)) === 0, {
    limitMs: 60_000,
    everyMs: 200,
    what: 'the end of all send jobs',
  });
}

async function countOpen(world: World): Promise<number> {
  const counts = await world.openJobs();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
