import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOf, missingTools, type Tool } from '../../../scripts/tools.ts';

describe('looking for a program that tests need', () => {
  let root = '';
  let tool: Tool;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'jetsms-tools-'));
    tool = {
      command: 'a-tool',
      debianPackage: 'a',
      debianFolder: join(root, 'lib', '*', 'bin'),
      tests: 'it',
    };
  });
  afterAll(() => rm(root, { recursive: true }));

  const place = async (...folder: readonly string[]): Promise<string> => {
    const path = join(root, ...folder);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'a-tool'), '');
    await chmod(join(path, 'a-tool'), 0o755);
    return path;
  };

  it('misses what is nowhere', () => {
    expect(missingTools([tool], root)).toEqual([tool]);
  });

  it('finds the newest in the folder where Debian keeps it, and before that one on the PATH', async () => {
    await place('lib', '15', 'bin');
    const newest = await place('lib', '17', 'bin');
    expect(folderOf(tool, root)).toBe(newest);
    const onPath = await place('bin');
    expect(folderOf(tool, onPath)).toBe(onPath);
    expect(missingTools([tool], root)).toEqual([]);
  });
});
