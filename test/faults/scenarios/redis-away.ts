import { waitFor } from '../../support/wait-for.ts';
import type { Scenario } from '../harness/scenario.ts';

const second = 1_000;

/** No worker reaches Redis for so long, while messages go on arriving there. */
function redisAway(name: string, title: string, awayMs: number): Scenario {
  return {
    name,
    title,
    messages: 1_000,
    loadMs: awayMs + 10 * second,
    workers: 3,
    async act({ redisPath, simulator, pause, note }) {
      await waitFor(() => simulator.accepted.length > 0, { limitMs: 20 * second });
      note(title);
      await redisPath.refuse();
      redisPath.cut();
      await pause(awayMs);
      await redisPath.accept();
    },
    expect: (_evidence, { workers }) => {
      const most = Math.max(20, awayMs / second);
      return workers.all().flatMap((worker) => {
        const loud = worker.lines().filter(({ level }) => level === 'error' || level === 'warn').length;
        return loud > most ? [`worker ${worker.number} wrote ${loud} warnings and errors`] : [];
      });
    },
  };
}

/** An absence of a minute. */
export const redisAwayMinute: Scenario = redisAway(
  'redis-away',
  'Redis out of reach for a minute',
  60 * second,
);

/** An absence of ten minutes: runs only where it is asked for by name. */
export const redisAwayLong: Scenario = redisAway(
  'redis-away-10-minutes',
  'Redis out of reach for ten minutes',
  600 * second,
);
