import { once } from 'node:events';
import type { MessageEnd } from '../../bullmq/message-ends.ts';
import type { NewMessage } from '../../message/message.ts';
import { normalizeNumber } from '../../message/number.ts';
import { normalizeText } from '../../message/text.ts';
import { packageFile } from '../../settings/package-files.ts';
import type { Simulator } from '../../simulator/index.ts';
import type { Hold } from '../../worker/account/hold-record.ts';
import { pauseUnlessStopped } from '../../worker/pause.ts';
import type { CliContext } from '../context.ts';
import { countRecipients, fileBytes } from '../csv.ts';
import { exitCodes } from '../exit-codes.ts';
import { createProgress, type Progress } from '../progress.ts';
import {
  demoReportToJson,
  renderDemoOpening,
  renderDemoReport,
  renderNextSteps,
} from '../render/demo-report.ts';
import { awaitEnds } from '../send/await-ends.ts';
import { type Enqueued, enqueueAll, type Receipt } from '../send/enqueue.ts';
import { messagesOfCsv } from '../send/message-lines.ts';
import { producerSender } from '../send/sender.ts';
import { parseTemplate } from '../template.ts';
import type { Terminal } from '../terminal.ts';
import { plannedFaults, topUp } from './faults.ts';
import { reconcile } from './reconcile.ts';
import type { DemoOptions, DemoReport, SentMessage } from './report.ts';
import { demoLogin, openStage, type Stage } from './stage.ts';

const recipientsFile = packageFile('examples/recipients.csv');

const text = 'Sayın {ad}, {tarih} saat {saat} randevunuz onaylandı. {not}';

/** Nothing in the demo takes so long; whatever is open then is told as open. */
const longestMs = 120_000;

/** Looking often would take the time of a Redis that is itself a part of this process. */
const pollMs = { given: 250, local: 250, embedded: 1_500 } as const;

/**
 * Runs the demo from the first message to the last. On a terminal it stays up afterwards, for a look around.
 * The exit code says whether every message is accounted for.
 */
export async function runDemo(options: DemoOptions, context: CliContext): Promise<void> {
  const { terminal, env } = context;
  const stop = context.stopSignal();
  const show = createShow(terminal, { quiet: options.json === true });
  await using stage = await openStage({ env, onHold: (hold) => onHold(hold) });
  const onHold = creditBuyer(stage.simulator, { show, stop });
  for (const line of renderDemoOpening(stage.redisKind, stage.simulator.url)) show.line(line);

  const report = await play(stage, {
    show,
    context,
    stop: AbortSignal.any([stop, AbortSignal.timeout(longestMs)]),
  });
  if (!report.reconciliation.isAccountedFor) context.setExitCode(exitCodes.failed);
  if (options.json) return terminal.out(JSON.stringify(demoReportToJson(report)));
  for (const line of renderDemoReport(report, terminal.columns)) terminal.out(line);

  const staysUp = !options.once && terminal.isTty && !stop.aborted;
  for (const line of renderNextSteps(staysUp ? stage.settings : undefined, command)) terminal.out(line);
  if (staysUp) await once(stop, 'abort');
}

/** In a checkout, which runs from its sources, and where the package is installed. */
const command = import.meta.url.endsWith('.ts') ? 'npm run -s jetsms --' : 'npx jetsms-delivery';

/** Where the demo tells what happens. */
interface Show {
  readonly quiet: boolean;
  /** A line of its own: above the bar while there is one. */
  line(text: string): void;
  progress(progress: Progress | undefined): void;
}

function createShow(terminal: Terminal, { quiet }: Pick<Show, 'quiet'>): Show {
  let bar: Progress | undefined;
  return {
    quiet,
    line(text) {
      if (quiet) return;
      if (bar) bar.line(text);
      else terminal.out(text);
    },
    progress(progress) {
      bar = terminal.bar === undefined ? undefined : progress;
    },
  };
}

interface Play {
  readonly show: Show;
  readonly context: CliContext;
  readonly stop: AbortSignal;
}

async function play(stage: Stage, { show, context, stop }: Play): Promise<DemoReport> {
  const startedAt = performance.now();
  const sent = new Map<string, SentMessage>();
  const enqueued = await enqueueFile(stage, { show, context, stop, sent });
  if (enqueued.failure !== undefined) throw enqueued.failure;
  const ends = new Map<string, MessageEnd>();
  const outcomes = await awaitEnds(enqueued.ids, {
    settings: stage.settings,
    account: accountName(stage),
    stop,
    terminal: context.terminal,
    quiet: show.quiet,
    pollMs: pollMs[stage.redisKind],
    onShown: show.progress,
    onEnd: (id, end) => void ends.set(id, end),
  });
  const durationMs = performance.now() - startedAt;
  const arrived = stage.simulator.counts('message');
  const messages = [...sent.values()];
  return {
    redisKind: stage.redisKind,
    enqueued,
    outcomes,
    deadLetters: messages.flatMap((message) => {
      const end = ends.get(message.id);
      return end?.kind === 'dead' ? [{ message, end }] : [];
    }),
    reconciliation: reconcile(
      messages.map((message) => ({
        end: ends.get(message.id),
        acceptedTimes: arrived.get(`${message.to}|${message.text}`) ?? 0,
      })),
    ),
    simulator: stage.simulator.stats(),
    durationMs,
  };
}

async function enqueueFile(
  { settings, simulator }: Stage,
  { show, context, stop, sent }: Play & { readonly sent: Map<string, SentMessage> },
): Promise<Enqueued> {
  const open = fileBytes(recipientsFile, settings.csvMaxBytes);
  const lines = messagesOfCsv(open, {
    template: parseTemplate(text),
    fields: { title: demoLogin.title },
    keys: { title: demoLogin.title },
  });
  await using producer = producerSender(settings);
  const progress = await createProgress(context.terminal, {
    label: 'enqueued',
    total: await countRecipients(open),
    quiet: show.quiet,
  });
  show.progress(progress);
  let place = 0;
  const send = async (message: NewMessage): Promise<Receipt> => {
    // Throws for a number that is none, as the producer would.
    const to = normalizeNumber(message.to);
    place += 1;
    const fault = plannedFaults.get(place);
    if (fault) simulator.faults.add({ ...fault, times: 1, match: { to } });
    const receipt = await producer.send(message);
    sent.set(receipt.id, { id: receipt.id, to, text: normalizeText(message.text) });
    return receipt;
  };
  try {
    return await enqueueAll(lines, {
      send,
      // Sends at once would share requests, and the faults are planned for one message each.
      concurrency: 1,
      stop,
      onRefused({ line, code, message }) {
        show.line(`  line ${line} of the file is refused: ${code} ${message}`);
      },
      onProgress: ({ lines: done }) => progress.update(done),
    });
  } finally {
    progress.stop();
    show.progress(undefined);
  }
}

const accountName = ({ settings }: Stage): string => [...settings.accounts.keys()][0] ?? '';

/** Buys credit a while after the account was held for want of it, so that the hold ends by itself. */
function creditBuyer(
  simulator: Simulator,
  { show, stop }: Pick<Play, 'show' | 'stop'>,
): (hold?: Hold) => void {
  let isBuying = false;
  const buy = async (): Promise<void> => {
    show.line(
      '  JetSMS answers 11: no credit. The account is held; its messages wait and use up no attempt.',
    );
    await pauseUnlessStopped(topUp.afterMs, stop);
    simulator.topUp(demoLogin.username, topUp.parts);
    show.line('  The demo buys credit. The next probe finds it, and the account goes on by itself.');
  };
  return (hold) => {
    if (isBuying || hold?.reason !== 'no-credit' || hold.mode !== 'probing') return;
    isBuying = true;
    void buy();
  };
}
