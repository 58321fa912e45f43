import { createIORedisClient, type IRedisClient, type IRedisTransaction } from 'bullmq';
import type { RedisClient } from './redis-client.ts';

type Script = Parameters<IRedisClient['defineCommand']>[1];

/**
 * BullMQ's client for a connection that only adds and removes jobs. BullMQ defines all of its scripts on a connection,
 * some fifty, and ioredis copies all that it knows into each of its transactions: a quarter of what a lone send costs. This
 * client tells ioredis of a script when it is first run.
 */
export function createLeanClient(redis: RedisClient): IRedisClient {
  const client: IRedisClient = createIORedisClient(redis);
  const scripts = new Map<string, Script>();
  const define = (name: string): void => {
    const script = scripts.get(name);
    if (!script) return;
    client.defineCommand(name, script);
    scripts.delete(name);
  };
  const lean: Pick<IRedisClient, 'defineCommand' | 'runCommand' | 'multi'> = {
    defineCommand: (name, script) => void scripts.set(name, script),
    runCommand(name, args) {
      define(name);
      return client.runCommand(name, args);
    },
    multi: () => createTransaction(client, define),
  };
  return Object.create(client, Object.getOwnPropertyDescriptors(lean)) as IRedisClient;
}

/** A transaction over ioredis, which knows EVAL too. */
export interface ScriptTransaction extends IRedisTransaction {
  eval(script: string, keyCount: number, ...keysAndArgs: readonly (string | number)[]): unknown;
}

/** A transaction of scripts alone, begun when all that it runs are known. */
function createTransaction(client: IRedisClient, define: (name: string) => void): IRedisTransaction {
  const calls: ((multi: ScriptTransaction) => unknown)[] = [];
  const transaction: Pick<ScriptTransaction, 'runCommand' | 'eval' | 'exec'> = {
    runCommand(name, args) {
      define(name);
      calls.push((multi) => multi.runCommand(name, args));
      return transaction as ScriptTransaction;
    },
    eval: (...args) => calls.push((multi) => multi.eval(...args)),
    exec() {
      const multi = client.multi() as ScriptTransaction;
      for (const call of calls) call(multi);
      return multi.exec();
    },
  };
  return transaction as ScriptTransaction;
}
