import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../src/jetsms/outcome.ts';
import type { Attempt } from '../../../../src/jetsms/provider-request.ts';
import { createEndpointBreaker, type EndpointBreaker } from '../../../../src/worker/account/breaker.ts';
import { refusedBy } from '../../../support/outcomes.ts';
import { waitFor } from '../../../support/wait-for.ts';

const attempt = (outcome: Outcome): Attempt => ({ outcome, durationMs: 1 });
const unsent = attempt({ kind: 'unsent', cause: 'connection-refused' });
const uncertain = attempt({ kind: 'uncertain', cause: 'reply-timeout' });
const refused = attempt(refusedBy('12', 'wrong title'));
const accepted = attempt({ kind: 'accepted', groupId: '1' });

async function send(breaker: EndpointBreaker, ...attempts: readonly Attempt[]): Promise<string[]> {
  const seen: string[] = [];
  for (const one of attempts) {
    const result = await breaker.run(async () => one);
    seen.push(result === 'open' ? 'open' : result.outcome.kind);
  }
  return seen;
}

function world(halfOpenAfterMs = 60_000) {
  const breaker = createEndpointBreaker({ failuresInRow: 3, halfOpenAfterMs });
  let breaks = 0;
  breaker.onBreak(() => {
    breaks += 1;
  });
  return { breaker, breaks: () => breaks };
}

describe('an endpoint that does not answer', () => {
  it('opens the breaker after so many failures in a row; then nothing is sent', async () => {
    const { breaker, breaks } = world();
    expect(await send(breaker, unsent, uncertain, unsent)).toEqual(['unsent', 'uncertain', 'unsent']);
    expect(breaks()).toBe(1);
    let sent = false;
    const result = await breaker.run(async () => {
      sent = true;
      return accepted;
    });
    expect([result, sent]).toEqual(['open', false]);
  });

  it.each([
    ['an acceptance', accepted],
    ['a refusal', refused],
  ])('does not open it when %s comes in between', async (_, answer) => {
    const { breaker, breaks } = world();
    await send(breaker, unsent, unsent, answer, unsent, unsent);
    expect(breaks()).toBe(0);
  });

  it('is tried with one request after a while; a failure opens the breaker again', async () => {
    const { breaker, breaks } = world(10);
    await send(breaker, unsent, unsent, unsent);
    await waitFor(async () => (await send(breaker, unsent))[0] === 'unsent');
    expect(breaks()).toBe(2);
    expect(await send(breaker, accepted)).toEqual(['open']);
  });

  it('is trusted again when the one request was answered', async () => {
    const { breaker } = world(10);
    await send(breaker, unsent, unsent, unsent);
    await waitFor(async () => (await send(breaker, refused))[0] === 'refused');
    expect(await send(breaker, unsent, accepted)).toEqual(['unsent', 'accepted']);
  });

  it('is trusted at once when another worker has seen it answer, and watched as before', async () => {
    const { breaker, breaks } = world();
    await send(breaker, unsent, unsent, unsent);
    breaker.reset();
    expect(await send(breaker, accepted, unsent, unsent, unsent, accepted)).toEqual([
      'accepted',
      'unsent',
      'unsent',
      'unsent',
      'open',
    ]);
    expect(breaks()).toBe(2);
  });

  it('keeps its count through a reset while it is closed', async () => {
    const { breaker, breaks } = world();
    await send(breaker, unsent, unsent);
    breaker.reset();
    await send(breaker, unsent);
    expect(breaks()).toBe(1);
  });

  it('passes on what a request throws', async () => {
    const { breaker } = world();
    await expect(breaker.run(() => Promise.reject(new RangeError('ours')))).rejects.toThrow(RangeError);
  });
});
