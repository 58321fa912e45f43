import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countRecipients, fileBytes } from '../../../../src/cli/csv/bytes.ts';
import { bytes, collect } from '../capture.ts';

const here = fileURLToPath(import.meta.url);

describe('fileBytes', () => {
  it('reads the same file twice', async () => {
    const open = fileBytes(here, 1_000_000);
    expect(Buffer.concat(await collect(open()))).toEqual(Buffer.concat(await collect(open())));
  });

  it('says clearly that there is no such file', async () => {
    await expect(collect(fileBytes('/nowhere/x.csv', 1)())).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('refuses a file that is larger than allowed, and says how large it is', async () => {
    await expect(collect(fileBytes(here, 100)())).rejects.toMatchObject({
      code: 'CSV_TOO_LARGE',
      message: expect.stringMatching(/It has \d+ bytes; csvMaxBytes allows 100\./),
    });
  });

  it.each(['/dev/zero', '/dev', '/dev/null'])('refuses %s, which is no file with an end', async (path) => {
    await expect(collect(fileBytes(path, 100)())).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
  });
});

describe('countRecipients', () => {
  it.each([
    ['', 0],
    ['telefon;ad\n', 0],
    ['telefon;ad\n1;a\n2;b\n', 2],
    ['telefon;ad\n1;a\n2;b', 2],
  ])('counts the lines below the header of %j', async (content, count) => {
    expect(await countRecipients(() => bytes([...content]))).toBe(count);
  });
});
