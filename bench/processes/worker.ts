import { startBee } from '../contenders/bee-worker.ts';
import { startPlain } from '../contenders/plain-worker.ts';
import { answer } from './answer.ts';

/** What the worker process of another contender is told on its command line, as JSON. Ours is `jetsms start`. */
export interface OtherWorkerTask {
  readonly contender: 'plain' | 'bee';
  readonly redisUrl: string;
  readonly providerUrl: string;
  readonly concurrency: number;
}

const task = JSON.parse(process.argv[2] ?? '{}') as OtherWorkerTask;
const starters = { plain: startPlain, bee: startBee };
await starters[task.contender](task);
answer('ready', () => true);
