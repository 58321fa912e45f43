import { describe, expect, it } from 'vitest';
import { isConfirmed } from '../../../src/cli/confirm.ts';
import type { CliContext } from '../../../src/cli/context.ts';
import { bytes } from './capture.ts';

function context(typed: string, isTTY: boolean): { context: CliContext; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    context: {
      terminal: { out: () => {}, err: (line) => void asked.push(line), isTty: isTTY, columns: 80 },
      stdin: Object.assign(bytes(typed === '' ? [] : [typed]), { isTTY }),
      env: {},
      stopSignal: () => new AbortController().signal,
      serviceSignal: () => new AbortController().signal,
      exit: () => {
        throw new Error('the test ended the process');
      },
      setExitCode: () => {},
    },
  };
}

describe('isConfirmed', () => {
  it.each([
    ['y\n', true],
    ['Evet \n', true],
    ['n\n', false],
    ['\n', false],
    ['', false],
  ])('takes %o for %s', async (typed, isYes) => {
    const { context: given, asked } = context(typed, true);
    expect(await isConfirmed('Really?', given)).toBe(isYes);
    expect(asked).toEqual(['Really? [y/N]']);
  });

  it('asks nobody where nobody sits', async () => {
    const { context: given, asked } = context('y\n', false);
    await expect(isConfirmed('Really?', given)).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
    expect(asked).toEqual([]);
  });
});
