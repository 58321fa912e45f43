import { byteLines } from './byte-lines.ts';
import type { CliContext } from './context.ts';
import { CliError } from './errors.ts';

/**
 * Asks the person at the keyboard. Where there is none, nothing is taken for a yes.
 * @throws CliError NOT_CONFIRMED where nobody can be asked
 */
export async function isConfirmed(question: string, { terminal, stdin }: CliContext): Promise<boolean> {
  if (stdin.isTTY !== true) throw new CliError('NOT_CONFIRMED');
  terminal.err(`${question} [y/N]`);
  for await (const line of byteLines(stdin, { maxBytes: 100, breaks: 'lf' })) {
    return /^(y|yes|e|evet)$/i.test(Buffer.from(line).toString('utf8').trim());
  }
  return false;
}
