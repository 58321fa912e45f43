import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { stopSignalOf } from './stop-signal.ts';

/** How a process of the command line ends. */
export interface Life {
  readonly surroundings: Pick<Surroundings, 'stopSignal' | 'serviceSignal' | 'exit'>;
  /** The command has come to its end; what it left open must not keep the process. */
  isOver(): void;
}

/** From a signal to the end of a command that knows no limit of its own. */
const stopWithinMs = 15_000;

/** How long the last lines may wait for their reader, and a service for what it could not close. */
const lastWordsMs = 2_000;

/** Sees to it that the process ends. Its timers keep nothing alive: where nothing is open, it ends by itself. */
export function createLife(process: NodeJS.Process): Life {
  const { stdout } = process;
  let isService = false;

  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // A reader that has seen enough (`jetsms codes | head`) is no error. A service works on without one.
    if (!isService) process.exit();
  });

  const endWithin = (limitMs: number, end: () => never): void => {
    setTimeout(end, limitMs).unref();
  };
  const fail = (): never => process.exit(exitCodes.failed);
  const lastWords = async (): Promise<void> => {
    if (stdout.writableLength === 0) return;
    await Promise.race([new Promise((resolve) => stdout.write('', resolve)), sleep(lastWordsMs)]);
  };

  return {
    surroundings: {
      stopSignal: () => stopSignalOf(process, () => endWithin(stopWithinMs, fail)),
      serviceSignal(limitMs) {
        isService = true;
        return stopSignalOf(process, () => endWithin(limitMs, fail));
      },
      async exit(code) {
        await lastWords();
        return process.exit(code);
      },
    },
    isOver() {
      if (isService) endWithin(lastWordsMs, () => process.exit());
    },
  };
}
