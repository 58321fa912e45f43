import { killWorkers } from '../harness/kill-workers.ts';
import type { Scenario } from '../harness/scenario.ts';

/** Workers die at any moment: before, between and after every step that they take. */
export const kills: Scenario = {
  name: 'kills',
  title: 'SIGKILL of workers at random moments',
  messages: 5_000,
  loadMs: 15_000,
  workers: 3,
  act: killWorkers,
};
