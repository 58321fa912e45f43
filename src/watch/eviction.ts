/** Whether Redis throws keys away when its memory is full: `unknown` where it does not say, or not in words we know. */
export type Eviction = 'never' | 'may' | 'unknown';

/** What a `maxmemory-policy` means. */
export function readEviction(policy: string | undefined): Eviction {
  if (policy === 'noeviction') return 'never';
  return /^(?:allkeys|volatile)-/.test(policy ?? '') ? 'may' : 'unknown';
}

export interface EvictionJudgement {
  readonly level: 'ok' | 'warning' | 'error';
  readonly says: string;
}

/**
 * What to think of a policy: the one judgement for the start, the doctor and the health pages.
 * @param isTrusted whether somebody vouches for a Redis that does not say
 */
export function judgeEviction(policy: string | undefined, isTrusted: boolean): EvictionJudgement {
  switch (readEviction(policy)) {
    case 'never':
      return { level: 'ok', says: 'Redis never evicts' };
    case 'may':
      return {
        level: 'error',
        says: `Redis may throw messages away when its memory is full (maxmemory-policy is ${policy})`,
      };
    case 'unknown':
      return isTrusted
        ? { level: 'ok', says: 'Redis never evicts, say the settings' }
        : {
            level: 'warning',
            says: 'Redis does not say whether it throws messages away when its memory is full',
          };
  }
}
