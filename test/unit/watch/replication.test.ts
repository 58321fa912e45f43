import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeReplication, readReplication } from '../../../src/watch/replication.ts';

const info = (role: string, ...replicas: readonly string[]): string =>
  [
    '# Replication',
    `role:${role}`,
    `connected_slaves:${replicas.length}`,
    ...replicas.map((fields, n) => `slave${n}:ip=10.0.0.${n},port=6379,${fields}`),
    'master_repl_offset:5000',
    '',
  ].join('\r\n');

describe('what a primary says of its replicas', () => {
  it('is how many follow, and how far the last of them is behind', () => {
    const told = info('master', 'state=online,offset=4900,lag=0', 'state=online,offset=4000,lag=1');
    expect(readReplication(told)).toEqual({ replicas: 2, behindBytes: 1_000 });
  });

  it('leaves out who has not got all of it yet', () => {
    const told = info('master', 'state=wait_bgsave,offset=0,lag=0', 'state=online,offset=5000,lag=0');
    expect(readReplication(told)).toEqual({ replicas: 1, behindBytes: 0 });
    expect(readReplication(info('master'))).toEqual({ replicas: 0, behindBytes: 0 });
  });

  it('is nothing where a replica speaks, or nobody says it, whatever is said', () => {
    expect(readReplication(info('slave'))).toBeUndefined();
    expect(readReplication('')).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => void readReplication(text)));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const told = readReplication(`role:master\nslave0:${text},state=online,offset=1\n`);
        expect(told?.behindBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is not enough where fewer follow than must confirm', () => {
    expect(judgeReplication({ replicas: 1, behindBytes: 0 }, 2)).toEqual({
      isEnough: false,
      says: '1 replica follows Redis, fewer than replicasToConfirm (2): nothing is sent until they are there',
    });
    expect(judgeReplication({ replicas: 2, behindBytes: 7 }, 2)).toEqual({
      isEnough: true,
      says: '2 replicas follow Redis, at most 7 bytes behind',
    });
    expect(judgeReplication({ replicas: 0, behindBytes: 0 }, 0).isEnough).toBe(true);
    expect(judgeReplication(undefined, 1).isEnough).toBe(true);
  });
});
