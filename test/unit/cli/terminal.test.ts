import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../src/cli/terminal.ts';

describe('createTerminal', () => {
  it('writes lines to the two streams', () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const terminal = createTerminal(stdout, stderr);
    terminal.out('result');
    terminal.err('remark');
    expect([String(stdout.read()), String(stderr.read())]).toEqual(['result\n', 'remark\n']);
  });

  it('is as wide as its terminal, and without bound where there is none', () => {
    const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 72 });
    expect(createTerminal(screen, screen)).toMatchObject({ isTty: true, columns: 72 });
    const pipe = new PassThrough();
    expect(createTerminal(pipe, pipe)).toMatchObject({ isTty: false, columns: Number.POSITIVE_INFINITY });
  });
});
