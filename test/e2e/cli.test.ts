import { describe, expect, it } from 'vitest';
import { runCli, runProcess, startCli } from '../support/process.ts';

const main = 'src/cli/main.ts';

describe('the jetsms process', () => {
  it('classifies arguments', async () => {
    const { code, stdout, stderr } = await runCli(['classify', '--json', '00 130228114512', '10 wrong user']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => JSON.parse(line).class)).toEqual(['accepted', 'terminal']);
  });

  it('classifies the bytes of standard input', async () => {
    const script = `printf '90 Hatan\\375n\\r\\n11 not enough limit\\n' | '${process.execPath}' ${main} classify --json`;
    const { code, stdout } = await runProcess(['sh', '-c', script]);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => JSON.parse(line).text)).toEqual(['Hatanın', 'not enough limit']);
  });

  it('ends quietly when its reader goes away', async () => {
    const script = `'${process.execPath}' ${main} codes --json | head -n 1`;
    expect(await runProcess(['sh', '-c', script])).toMatchObject({ code: 0, stdout: '[', stderr: '' });
  });

  it('ends with exit code 2 for a command that there is not', async () => {
    const { code, stdout, stderr } = await runCli(['classifi']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error USAGE: .*Did you mean classify\?/);
  });

  it('runs a simulator until SIGTERM', async () => {
    await using simulator = startCli(['simulator', '--json']);
    const { xmlUrl } = JSON.parse(await simulator.waitForLine(/xmlUrl/));
    expect(await (await fetch(xmlUrl, { method: 'POST', body: '' })).text()).toMatch(/^90 /);
    simulator.signal('SIGTERM');
    expect(await simulator.exit).toEqual({ code: 0, signal: null });
  });
});
