/** What a primary says of its replicas. */
export interface Replication {
  /** Replicas that are connected and follow. */
  readonly replicas: number;
  /** How much the one that is furthest behind has yet to get, in bytes of the replication stream; 0 without replicas. */
  readonly behindBytes: number;
}

/** Reads `INFO replication`; undefined where that is not a primary's, or is not told. Total. */
export function readReplication(info: string): Replication | undefined {
  if (!/^role:master\s*$/m.test(info)) return undefined;
  const offset = Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1]);
  const behind = [...info.matchAll(/^slave\d+:.*\bstate=online,offset=(\d+)/gm)].map(
    ([, own]) => offset - Number(own),
  );
  return { replicas: behind.length, behindBytes: Math.max(0, ...behind.filter(Number.isFinite)) };
}

export interface ReplicationJudgement {
  readonly isEnough: boolean;
  readonly says: string;
}

/**
 * What to think of a primary's replicas: the one judgement for the start, the doctor and the health pages.
 * @param wanted replicasToConfirm; 0 = none is needed
 */
export function judgeReplication(told: Replication | undefined, wanted: number): ReplicationJudgement {
  if (told === undefined) return { isEnough: true, says: 'Redis does not say how many replicas it has' };
  const { replicas, behindBytes } = told;
  const words = `${replicas} ${replicas === 1 ? 'replica follows' : 'replicas follow'} Redis`;
  if (replicas < wanted)
    return {
      isEnough: false,
      says: `${words}, fewer than replicasToConfirm (${wanted}): nothing is sent until they are there`,
    };
  return { isEnough: true, says: replicas === 0 ? words : `${words}, at most ${behindBytes} bytes behind` };
}
