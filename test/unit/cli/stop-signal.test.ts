import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { stopSignalOf } from '../../../src/cli/stop-signal.ts';

describe('stopSignalOf', () => {
  it.each(['SIGINT', 'SIGTERM'])('aborts at the first %s and leaves the second to the system', (name) => {
    const process = new EventEmitter();
    const signal = stopSignalOf(process);
    expect(signal.aborted).toBe(false);
    process.emit(name, name);
    expect(signal.reason).toBe(name);
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(0);
  });
});
