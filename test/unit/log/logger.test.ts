import { describe, expect, it } from 'vitest';
import { createLogger, type LogChoices, silentLogger } from '../../../src/log/logger.ts';

const number = '905321234567';

function capture(choices: Partial<LogChoices> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: 'info', version: '1.2.3', destination, ...choices });
  const objects = (): unknown[] => lines.map((line) => JSON.parse(line));
  return { log, lines, objects };
}

describe('the logger', () => {
  it('writes one JSON object a line: ISO time, level as a word, service and version', () => {
    const { log, objects } = capture();
    log.info({ account: 'shop' }, 'worker.started');
    expect(objects()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service: 'jetsms',
        version: '1.2.3',
        account: 'shop',
        msg: 'worker.started',
      },
    ]);
  });

  it('leaves out what is less important than its level', () => {
    const { log, lines } = capture({ level: 'warn' });
    log.info('x');
    expect(lines).toEqual([]);
  });

  it('hides numbers, texts and passwords, also one level down', () => {
    const { log, lines } = capture();
    log.info({ to: number, text: 'secret', message: { to: [number], password: 'secret' } }, 'x');
    expect(lines[0]).toContain('[hidden]');
    expect(lines[0]).not.toMatch(/secret|90532/);
  });

  it.each([
    ['as a field', (error: Error) => ({ err: error })],
    ['as the other field', (error: Error) => ({ error })],
    ['by itself', (error: Error) => error],
  ])('strips an error given %s', (_, give) => {
    const { log, lines, objects } = capture();
    const error = Object.assign(new Error(`no route to ${number}`), {
      command: { name: 'set', args: [number] },
    });
    log.error(give(error));
    log.child({ account: 'shop' }).error(give(error), 'job.failed');
    expect(objects()).toHaveLength(2);
    expect(lines.join()).toContain('[number]');
    expect(lines.join()).not.toContain(number);
  });

  it('hands nothing to the terminal that it would obey, in lines for people', () => {
    const { log, lines } = capture({ pretty: true });
    const hostile = 'a\u001b[31mred\u001b]0;title\u0007\u009b2J\u202eb';
    log.warn({ note: hostile, deep: { note: hostile }, err: new Error(hostile) }, hostile);
    expect(lines.join('').match(/a\\+u001b\[31mred/g)?.length).toBeGreaterThanOrEqual(4);
    expect(lines.join('').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('writes lines for people when asked to', () => {
    const { log, lines } = capture({ pretty: true });
    log.warn({ account: 'shop' }, 'account.held');
    expect(lines.join('')).toMatch(/WARN.*account\.held[\s\S]*account: "shop"/);
  });

  it('writes JSON where nobody looks', () => {
    const { log, objects } = capture();
    log.info('x');
    expect(objects()).toHaveLength(1);
  });

  it('can be silent', () => {
    const log = silentLogger();
    log.fatal('x');
    expect(log.level).toBe('silent');
  });
});
