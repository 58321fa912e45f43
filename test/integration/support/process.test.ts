import { describe, expect, it } from 'vitest';
import { runProcess, startProcess } from '../../support/process.ts';

const node = process.execPath;

describe('a test process', () => {
  it('gives exit code, output and error output', async () => {
    const done = await runProcess([
      node,
      '-e',
      'console.log("out"); console.error("err"); process.exitCode = 3',
    ]);
    expect(done).toMatchObject({ code: 3, signal: null, stdout: 'out', stderr: 'err' });
  });

  it('passes standard input and only the given environment', async () => {
    const echo =
      'process.stdin.pipe(process.stdout); process.stdin.on("end", () => console.log(process.env.GIVEN, process.env.VITEST))';
    const done = await runProcess([node, '-e', echo], { input: 'hi\n', env: { GIVEN: 'yes' } });
    expect(done.stdout).toBe('hi\nyes undefined');
  });

  it('waits for a line and ends by a signal', async () => {
    await using child = startProcess([node, '-e', 'console.error("ready 1"); setInterval(() => {}, 1000)']);
    expect(await child.waitForLine(/^ready/)).toBe('ready 1');
    expect(await child.kill('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('says what the process said when the awaited line does not come', async () => {
    await using child = startProcess([node, '-e', 'console.log("something else")']);
    await child.exit;
    const waiting = child.waitForLine(/^ready/, { limitMs: 50 });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringContaining('/^ready/'),
      cause: { message: expect.stringContaining('something else') },
    });
  });

  it('fails when the command does not exist', async () => {
    await expect(runProcess(['/no/such/command'])).rejects.toThrow('ENOENT');
  });
});
