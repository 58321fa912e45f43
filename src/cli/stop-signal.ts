import type { EventEmitter } from 'node:events';

/**
 * A signal that aborts at the first SIGINT or SIGTERM of the process. A second one ends the process at once,
 * as it would have without this.
 * @param onStop called at the first one
 */
export function stopSignalOf(process: EventEmitter, onStop: () => void = () => {}): AbortSignal {
  const controller = new AbortController();
  const stop = (name: string) => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    onStop();
    controller.abort(name);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
