import { type Command, Option } from 'commander';
import { lanes, notFoundChoices, uncertainChoices } from '../../message/lane.ts';
import type { CliContext } from '../context.ts';
import { checkOptions, type SendOptions } from '../send/request.ts';

/** `jetsms send`: puts messages into the queue, one or a whole CSV file. */
export function registerSend(program: Command, context: CliContext): void {
  program
    .command('send')
    .description('enqueue messages: to the numbers given, or to every line of a CSV file')
    .option('--to <number...>', 'numbers to send to')
    .option('--csv <file>', 'file with one recipient a line; see docs/cli.md')
    .requiredOption('--text <text>', 'the text; with --csv, {ad} stands for the value of the column ad')
    .option('--title <title>', "sender name; the account's own without it")
    .addOption(new Option('--lane <lane>', 'priority and defaults').choices(lanes))
    .option('--account <name>', 'account to send through; the first of the settings without it')
    .option('--at <time>', 'when to send, ISO 8601 with a time zone; now without it')
    .option(
      '--deadline <time>',
      'never send after this: ISO 8601, or counted from the sending as 30m, 2h, 1d',
    )
    .addOption(
      new Option('--when-uncertain <choice>', 'what to do where an answer never comes').choices(
        uncertainChoices,
      ),
    )
    .addOption(
      new Option(
        '--when-not-found <choice>',
        'what to do where JetSMS was asked and does not know the message, or cannot be asked',
      ).choices(notFoundChoices),
    )
    .option('--idempotency-key <key>', 'under the same key no number gets a second text')
    .option('--mms <file>', 'send the file as MMS, to the numbers of --to; the text may be empty')
    .option('--subject <text>', 'of an MMS: its subject')
    .option('--content-type <type>', 'of an MMS: the MIME type, where the name of the file does not tell')
    .option('--to-column <name>', 'column with the numbers, where its name is not a known one')
    .option('--again', 'send although the same text was sent to the same number before')
    .option('--wait', 'wait until every message has ended, and say how')
    .option('--dry-run', 'check everything, enqueue nothing; needs no Redis')
    .option('--json', 'print one JSON object at the end')
    .action(async (options: SendOptions) => {
      checkOptions(options);
      if (options.mms !== undefined) {
        const { runSendMms } = await import('../send/run-send-mms.ts');
        return runSendMms(options, context);
      }
      const { runSend } = await import('../send/run-send.ts');
      await runSend(options, context);
    });
}
