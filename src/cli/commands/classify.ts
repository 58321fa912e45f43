import type { Command } from 'commander';
import { explain } from '../../codes/index.ts';
import { byteLines } from '../byte-lines.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { renderExplanation } from '../render/explanation.ts';

/** Our choice: the largest that a worker can be told to read (maxReplyBytes). */
const maxReplyBytes = 10_485_760;

/** `jetsms classify`: explains replies of JetSMS, from the arguments or from standard input. */
export function registerClassify(program: Command, context: CliContext): void {
  program
    .command('classify')
    .description('explain replies of JetSMS, given as arguments or as lines of standard input')
    .argument('[reply...]', 'replies as JetSMS wrote them, each in quotes: "10 wrong user"')
    .option('--json', 'print one JSON object a line, one for each reply')
    .action(async (replies: readonly string[], options: { readonly json?: true }) => {
      const asJson = options.json === true;
      if (replies.length === 0) return classifyInput(context, asJson);
      for (const reply of replies) print(context, reply, asJson);
    });
}

/** The n-th answer belongs to the n-th line: a blank line is an empty reply and gets its answer too. */
async function classifyInput(context: CliContext, asJson: boolean): Promise<void> {
  if (context.stdin.isTTY) throw new CliError('NO_REPLIES');
  for await (const line of byteLines(context.stdin, { maxBytes: maxReplyBytes, breaks: 'lf' })) {
    if (line.length > maxReplyBytes) throw new CliError('REPLY_TOO_LONG');
    print(context, line, asJson);
  }
}

function print({ terminal }: CliContext, reply: string | Uint8Array, asJson: boolean): void {
  const explanation = explain(reply);
  if (asJson) terminal.out(JSON.stringify(explanation));
  else for (const line of renderExplanation(explanation, terminal.columns)) terminal.out(line);
}
