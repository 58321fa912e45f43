/** Something that is done again and again, each time a while after the last has ended, until it is stopped. */
export interface Rounds {
  /** Resolves when the first round is over; the others follow by themselves. */
  start(): Promise<void>;
  /** A round under way goes on, and is the last. */
  stop(): void;
  isStopped(): boolean;
}

export function createRounds(round: () => Promise<void>, everyMs: number): Rounds {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const go = async (): Promise<void> => {
    await round();
    if (!isStopped) timer = setTimeout(() => void go(), everyMs);
  };
  return {
    start: go,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
    isStopped: () => isStopped,
  };
}
