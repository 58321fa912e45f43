import { answer } from './answer.ts';

/** Loaded before the program of every process that is counted, `jetsms start` among them. */
answer('cpu', () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
});
