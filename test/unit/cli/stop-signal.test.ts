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

  it('tells whoever wants to know, once', () => {
    const process = new EventEmitter();
    let told = 0;
    stopSignalOf(process, () => {
      told += 1;
    });
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    expect(told).toBe(1);
  });
});
