import { judgeReplication } from '../watch/replication.ts';
import type { Finding, RedisFacts } from './redis-check.ts';

/** Looked at only where they must confirm. That one is missing now need not be so when the worker starts. */
export function judgeReplicas({ replication, waitRefusal }: RedisFacts, wanted: number): readonly Finding[] {
  if (wanted === 0) return [];
  const about = { check: 'replicas' } as const;
  if (waitRefusal !== undefined) {
    const says = `Redis does not answer WAIT (${waitRefusal}), by which replicas confirm`;
    const whatToDo = 'Let the user of JETSMS_REDIS_URL run WAIT, or set replicasToConfirm to 0.';
    return [{ ...about, level: 'error', says, whatToDo }];
  }
  const { isEnough, says } = judgeReplication(replication, wanted);
  if (isEnough) return [{ ...about, level: 'ok', says }];
  return [
    { ...about, level: 'warning', says, whatToDo: 'Bring the replicas back, or lower replicasToConfirm.' },
  ];
}
