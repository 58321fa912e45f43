import { describe, expect, it } from 'vitest';
import type { MessageEnd } from '../../../../src/bullmq/message-ends.ts';
import { waitForEnds } from '../../../../src/cli/send/wait-for-ends.ts';

const accepted: MessageEnd = { kind: 'accepted', groupId: '1' };
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);
const never = new AbortController().signal;

describe('waiting for ends', () => {
  it('tells each end once and returns when all have ended', async () => {
    const ended: string[] = [];
    let looks = 0;
    const open = await waitForEnds(idsOf(3), {
      readEnds: async (ids) => {
        looks += 1;
        return ids.map((id) => (looks > 1 || id === 'm1' ? accepted : undefined));
      },
      onEnd: (id) => void ended.push(id),
      onLook: () => {},
      stop: never,
      pollMs: 1,
    });
    expect(open).toEqual([]);
    expect(ended).toEqual(['m1', 'm0', 'm2']);
  });

  it('reads a bounded share at a look, and everything within ten looks', async () => {
    const looks: number[] = [];
    const seen = new Set<string>();
    const stop = new AbortController();
    await waitForEnds(idsOf(25_000), {
      readEnds: async (ids) => {
        looks.push(ids.length);
        for (const id of ids) seen.add(id);
        return ids.map(() => undefined);
      },
      onEnd: () => {},
      onLook: () => (looks.length === 10 ? stop.abort() : undefined),
      stop: stop.signal,
      pollMs: 1,
    });
    expect(Math.max(...looks)).toBe(2_500);
    expect(seen.size).toBe(25_000);
  });

  it('looks once more when it is told to stop, and names what is still open', async () => {
    const stop = new AbortController();
    stop.abort();
    const ended: string[] = [];
    const open = await waitForEnds(idsOf(3), {
      readEnds: async (ids) => ids.map((id) => (id === 'm0' ? accepted : undefined)),
      onEnd: (id) => void ended.push(id),
      onLook: () => {},
      stop: stop.signal,
    });
    expect({ ended, open }).toEqual({ ended: ['m0'], open: ['m1', 'm2'] });
  });

  it('stops although Redis does not answer', async () => {
    const stop = new AbortController();
    const open = await waitForEnds(idsOf(2), {
      readEnds: () => {
        stop.abort();
        return new Promise(() => {});
      },
      onEnd: () => {},
      onLook: () => {},
      stop: stop.signal,
    });
    expect(open).toEqual(['m0', 'm1']);
  });
});
