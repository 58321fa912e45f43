import type { DestinationStream } from 'pino';

/** A stream as `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
  /** What was written and not yet taken. */
  readonly writableLength: number;
  readonly errored?: Error | null;
}

export interface OutputChoices {
  /** Told how many lines were left out, when the first line fits again. */
  readonly onLost: (lines: number) => void;
  /** Lines wait for their reader up to so many bytes. */
  readonly mostWaitingBytes?: number;
}

/**
 * Writes log lines without ever waiting for whoever reads them: a reader that stands still must stop neither
 * deliveries nor the end of the process. What it leaves behind waits in memory up to a limit; beyond it lines are
 * left out and counted. Where the reader is gone there is nobody to write to.
 */
export function unblockedLines(
  output: Output,
  { onLost, mostWaitingBytes = 8_000_000 }: OutputChoices,
): DestinationStream {
  let lost = 0;
  return {
    write(line) {
      if (output.errored) return;
      if (output.writableLength + line.length > mostWaitingBytes) {
        lost += 1;
        return;
      }
      if (lost > 0) {
        const lines = lost;
        lost = 0;
        onLost(lines);
      }
      output.write(line);
    },
  };
}
