import { describe, expect, it } from 'vitest';
import { CliError, cliErrors, reportOf } from '../../../src/cli/errors.ts';

const withCode = (code: string) => Object.assign(new Error('words'), { code });

describe('CliError', () => {
  it('says what is wrong, the detail, and what to do', () => {
    const error = new CliError('CSV_COLUMN_MISSING', { detail: 'Missing: "ad".' });
    const { meaning, whatToDo } = cliErrors.CSV_COLUMN_MISSING;
    expect(error).toMatchObject({
      code: 'CSV_COLUMN_MISSING',
      message: `${meaning} Missing: "ad". ${whatToDo}`,
    });
  });
});

describe('reportOf', () => {
  it.each([
    [new CliError('CSV_EMPTY'), 'CSV_EMPTY', 2],
    [withCode('SETTINGS_INVALID'), 'SETTINGS_INVALID', 2],
    [withCode('REDIS_UNAVAILABLE'), 'REDIS_UNAVAILABLE', 3],
    [withCode('EADDRINUSE'), 'EADDRINUSE', 3],
    [withCode('ERR_INVALID_ARG_TYPE'), 'UNEXPECTED', 1],
    [withCode('lower'), 'UNEXPECTED', 1],
    [new Error('words'), 'UNEXPECTED', 1],
    ['words', 'UNEXPECTED', 1],
  ])('gives %s the code %s and the exit code %i', (error, code, exitCode) => {
    expect(reportOf(error)).toMatchObject({ code, exitCode });
  });

  it('says what to do about a port that is taken, and adds nothing to others', () => {
    expect(reportOf(withCode('EADDRINUSE')).message).toMatch(
      /^words\. Another process has this port, .*healthPort/,
    );
    expect(reportOf(withCode('EADDRNOTAVAIL')).message).toBe('words');
  });

  it('hands on the problems of an error that has several', () => {
    const problems = [{ key: 'a' }, { key: 'b' }];
    expect(reportOf(Object.assign(withCode('SETTINGS_INVALID'), { problems }))).toMatchObject({ problems });
  });
});
