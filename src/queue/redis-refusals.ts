/** Why Redis turns something away. Each means that it was not done. */
export interface RedisRefusal {
  /** A sentence about Redis. */
  readonly meaning: string;
  readonly whatToDo: string;
  /** It ends by itself, within seconds in most cases: a failover, a start, a slow script. */
  readonly passes?: true;
}

/** Why Redis says no: [errors.md](errors.md#refusals-of-redis). */
export type RefusalReason =
  | 'READONLY'
  | 'MASTERDOWN'
  | 'UNBLOCKED'
  | 'LOADING'
  | 'BUSY'
  | 'CLUSTERDOWN'
  | 'TRYAGAIN'
  | 'OOM'
  | 'MISCONF'
  | 'NOREPLICAS'
  | 'NOPERM'
  | 'NOAUTH'
  | 'WRONGPASS'
  | 'MOVED'
  | 'ASK'
  | 'CROSSSLOT'
  | 'DENIED'
  | 'EXECABORT'
  | 'NOSCRIPT'
  | 'NOT_REDIS'
  | 'NO_CLUSTER'
  | 'NOT_SENTINEL'
  | 'SENTINEL_NAME'
  | 'SENTINEL_LOGIN'
  | 'TLS';

const failover: Pick<RedisRefusal, 'whatToDo' | 'passes'> = {
  whatToDo: 'Try again in a few seconds. If it stays, point the address at the primary.',
  passes: true,
};
const waiting: Pick<RedisRefusal, 'whatToDo' | 'passes'> = {
  whatToDo: 'Try again in a few seconds.',
  passes: true,
};
const sayCluster = 'Begin the address with redis+cluster:// (rediss+cluster:// for TLS).';

/** Every refusal by its reason: the word that Redis' reply begins with, or a word of ours where there is none. */
export const redisRefusals: Readonly<Record<RefusalReason, RedisRefusal>> = {
  READONLY: { meaning: 'It is a replica and takes no writes.', ...failover },
  MASTERDOWN: { meaning: 'It is a replica that has lost its primary.', ...failover },
  UNBLOCKED: { meaning: 'It has just become a replica.', ...failover },
  LOADING: { meaning: 'It is still reading its data.', ...waiting },
  BUSY: { meaning: 'A script keeps it busy.', ...waiting },
  CLUSTERDOWN: { meaning: 'Its cluster is not whole.', ...waiting },
  TRYAGAIN: { meaning: 'Its cluster is moving keys.', ...waiting },
  OOM: {
    meaning: 'Its memory is full.',
    whatToDo: 'Raise its maxmemory, or let what waits be delivered.',
  },
  MISCONF: {
    meaning: 'It cannot write to its disk.',
    whatToDo: 'Look at its log; mostly the disk is full.',
  },
  NOREPLICAS: {
    meaning: 'It has fewer replicas than its min-replicas-to-write.',
    whatToDo: 'Bring its replicas back.',
  },
  NOPERM: {
    meaning: 'Its user lacks a right.',
    whatToDo: '`jetsms doctor` names the rights that are missing; with `--role` for what is no worker.',
  },
  NOAUTH: { meaning: 'It wants a password.', whatToDo: 'Put user and password into the address.' },
  WRONGPASS: {
    meaning: 'It does not take the user or the password.',
    whatToDo: 'Correct them in the address.',
  },
  MOVED: { meaning: 'It is one node of a cluster, and the keys lie on another.', whatToDo: sayCluster },
  ASK: { meaning: 'It is one node of a cluster, and the keys are being moved.', whatToDo: sayCluster },
  CROSSSLOT: {
    meaning: 'It is a cluster, and the keys lie in several slots.',
    whatToDo: sayCluster,
  },
  DENIED: {
    meaning: 'Its protected mode turns everybody away who comes from elsewhere.',
    whatToDo: 'Give it a password, or an address to bind to.',
  },
  EXECABORT: { meaning: 'It refused the transaction as a whole.', whatToDo: 'Look at its log.' },
  NOSCRIPT: { meaning: 'It has forgotten a script that it was sent before.', ...waiting },
  NOT_REDIS: {
    meaning: 'What listens there is no Redis that keeps data: a Sentinel perhaps, or another service.',
    whatToDo: 'Point the address at the Redis itself, or use redis+sentinel:// where it is a Sentinel.',
  },
  NOT_SENTINEL: {
    meaning: 'What listens in the place of its Sentinels is no Sentinel.',
    whatToDo: 'Name the Sentinels, mostly on port 26379, or use redis:// for a Redis without them.',
  },
  SENTINEL_NAME: {
    meaning: 'Its Sentinels know no primary of this name.',
    whatToDo: 'Correct the name behind the hosts; `SENTINEL MASTERS` lists those that a Sentinel knows.',
  },
  SENTINEL_LOGIN: {
    meaning: 'Its Sentinels do not take the login, or want one.',
    whatToDo:
      'Put the login of the Sentinels themselves into the address: ?sentinelUsername=…&sentinelPassword=….',
  },
  NO_CLUSTER: {
    meaning: 'It is no cluster, and the address says that it is one.',
    whatToDo: 'Begin the address with redis:// (rediss:// for TLS).',
  },
  TLS: {
    meaning: 'It does not speak TLS in a way that this machine trusts.',
    whatToDo:
      'Check rediss against redis in the address, and the certificate; name a CA of yours in redisTlsCa, and in redisTlsServerName the name that the certificate has.',
  },
};

export const isReason = (word: string): word is RefusalReason => Object.hasOwn(redisRefusals, word);

/** A refusal in sentences: what is wrong, and what to do. */
export function describeRefusal(reason: RefusalReason): string {
  const { meaning, whatToDo } = redisRefusals[reason];
  return `${reason}: ${meaning} ${whatToDo}`;
}

/** Whether the refusal ends by itself. */
export const passes = (reason: RefusalReason): boolean => redisRefusals[reason].passes === true;
