import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../context.ts';
import { wholeNumber } from '../duration.ts';
import { portNumber } from '../port-number.ts';

interface SimulatorChoices {
  readonly port: number;
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly title: readonly string[];
  readonly credit?: number;
  readonly latency: number;
  readonly reportDelay: number;
  readonly failed: number;
  readonly json?: true;
}

/** `jetsms simulator`: a JetSMS to develop and test against, until it is told to end. */
export function registerSimulator(program: Command, context: CliContext): void {
  program
    .command('simulator')
    .description('run a JetSMS to develop and test against; nothing it accepts reaches a phone')
    .option('--port <number>', 'TCP port; 0 takes a free one', portNumber, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--username <name>', 'user name of its account', 'demo')
    .option('--password <password>', 'password of its account', 'demo')
    .option('--title <title...>', 'registered sender titles of its account', ['DEMO'])
    .option('--credit <parts>', 'SMS parts that its account may send; without it, any number', wholeNumber)
    .option('--latency <ms>', 'milliseconds until it answers', wholeNumber, 0)
    .option('--report-delay <ms>', 'milliseconds until a message has its final status', wholeNumber, 1_000)
    .option('--failed <percent>', 'share of the messages that fail; the others are delivered', percent, 0)
    .option('--json', 'print its addresses as one JSON object')
    .action((choices: SimulatorChoices) => runSimulator(choices, context));
}

async function runSimulator(
  { port, host, latency, title, credit, reportDelay, failed, ...choices }: SimulatorChoices,
  { terminal, stopSignal }: CliContext,
): Promise<void> {
  const { createSimulator } = await import('../../simulator/index.ts');
  const { username, password } = choices;
  const account = { username, password, titles: title, ...(credit === undefined ? {} : { credit }) };
  const stop = stopSignal();
  await using simulator = createSimulator({
    accounts: [account],
    latency: { minMs: latency, maxMs: latency },
    reports: {
      delay: { minMs: reportDelay, maxMs: reportDelay },
      shares: { delivered: 100 - failed, failed },
    },
  });
  await simulator.listen({ port, host });

  const { url, xmlUrl, webServiceUrl, reportUrl } = simulator;
  const addresses = { url, xmlUrl, webServiceUrl, reportUrl, controlUrl: `${url}/control` };
  if (choices.json) {
    terminal.out(JSON.stringify(addresses));
  } else {
    terminal.out('JetSMS simulator: nothing that it accepts reaches a phone.');
    terminal.out(`  XML      ${addresses.xmlUrl}`);
    terminal.out(`  SOAP     ${addresses.webServiceUrl}`);
    terminal.out(`  reports  ${addresses.reportUrl}`);
    terminal.out(`  control  ${addresses.controlUrl}`);
    terminal.out(`  account  ${username}, titles: ${title.join(', ')}`);
    terminal.out('Ctrl-C ends it.');
  }
  if (!stop.aborted) await once(stop, 'abort');
}

function percent(value: string): number {
  const share = wholeNumber(value);
  if (share > 100) throw new InvalidArgumentError('A share is at most 100 percent.');
  return share;
}
