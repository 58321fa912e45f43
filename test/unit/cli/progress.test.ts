import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../src/cli/progress.ts';

function createTerminal() {
  const err: string[] = [];
  return {
    err,
    terminal: { out: () => {}, err: (line: string) => void err.push(line), isTty: false, columns: 80 },
  };
}

describe('progress without a terminal', () => {
  it('is a line every two seconds', async () => {
    const { err, terminal } = createTerminal();
    let nowMs = 0;
    const progress = await createProgress(terminal, { label: 'enqueued', total: 10, now: () => nowMs });
    for (const at of [500, 1_999, 2_000, 2_500, 4_100]) {
      nowMs = at;
      progress.update(at / 100, at > 4_000 ? 'held' : '');
    }
    expect(err).toEqual(['enqueued: 20 of 10', 'enqueued: 41 of 10 (held)']);
  });

  it('is nothing where quiet is asked for; lines still come', async () => {
    const { err, terminal } = createTerminal();
    const progress = await createProgress(terminal, { label: 'x', total: 1, quiet: true });
    progress.update(1);
    progress.line('line 2: bad');
    progress.stop();
    expect(err).toEqual(['line 2: bad']);
  });
});

describe('progress on a terminal', () => {
  it('is a bar that is gone in the end, with the lines above it kept', async () => {
    const { terminal } = createTerminal();
    const bar = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const progress = await createProgress({ ...terminal, bar }, { label: 'enqueued', total: 2 });
    progress.update(1);
    progress.line('line 2: bad');
    progress.stop();
    const drawn = String(bar.read());
    expect(drawn).toContain('1 of 2');
    expect(drawn).toContain('line 2: bad\n');
  });

  it('hands the terminal nothing of its notes and lines that it would obey', async () => {
    const { terminal } = createTerminal();
    const bar = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const progress = await createProgress({ ...terminal, bar }, { label: 'enqueued', total: 2 });
    progress.update(1, 'a\u009b2J');
    progress.line('b\u001b]0;title\u0007');
    progress.stop();
    const drawn = String(bar.read());
    expect(drawn).toContain('b\\u001b]0;title\\u0007\n');
    for (const obeyed of ['\u0007', '\u009b']) expect(drawn).not.toContain(obeyed);
  });
});
