import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeReply } from '../../codes/parse-reply.ts';
import { createAccountQueries } from '../../jetsms/account-queries.ts';
import { createJetsmsClient } from '../../jetsms/client.ts';
import type { HttpResult } from '../../jetsms/http-exchange.ts';
import { createReportClient } from '../../jetsms/reports.ts';
import { jobIdBytes, newJobId } from '../../message/id.ts';
import { type CheckedMessage, checkMessage } from '../../message/message.ts';
import type { AccountSettings } from '../../settings/account.ts';
import { rulesOf } from '../../settings/account-rules.ts';
import { readSettings } from '../../settings/read.ts';
import { accountOf } from '../account.ts';
import { isConfirmed } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { probeView, renderEnd, renderHead, renderPlan, renderSighting } from '../render/probe.ts';
import { printJson } from '../terminal.ts';
import { createMask, hideTexts } from './mask.ts';
import type { SeenReply, Shown } from './shown.ts';
import { type Sighting, type WalkEnd, walk } from './walk.ts';

/** The options of `jetsms probe`, as they were written. */
export interface ProbeOptions {
  readonly to: string;
  readonly account?: string;
  readonly title?: string;
  readonly repeat?: true;
  /** Milliseconds. */
  readonly for: number;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** A message to be sent by this account, which the person has agreed to. */
interface Probe {
  readonly account: AccountSettings;
  readonly message: CheckedMessage;
  readonly options: ProbeOptions;
  readonly context: CliContext;
}

/** `jetsms probe`: says what it would do, asks, sends one message, and shows what JetSMS says of it. */
export async function runProbe(options: ProbeOptions, context: CliContext): Promise<void> {
  const { terminal, env } = context;
  const account = accountOf(readSettings({ env }, { needs: ['credentials'] }), options.account);
  const { to, title } = options;
  const message = checkMessage(
    { to, text: probeText(randomBytes(2).toString('hex')), ...(title === undefined ? {} : { title }) },
    { ...rulesOf(account), nowMs: Date.now() },
  );
  for (const line of renderPlan({ account, message, repeat: options.repeat === true, forMs: options.for })) {
    (options.dryRun ? terminal.out : terminal.err)(line);
  }
  if (options.dryRun) return;
  if (!options.yes && !(await isConfirmed('Send it?', context))) return terminal.err('Nothing was sent.');
  await show({ account, message, options, context });
}

/** Told apart from others by its last word. Its letters show on the phone whether they arrive as they are. */
const probeText = (mark: string): string => `jetsms-delivery test: ÇĞİÖŞÜ çğıöşü ${mark}`;

async function show(probe: Probe): Promise<void> {
  const { account, options, context } = probe;
  const { terminal, setExitCode } = context;
  const shown: Shown[] = [];
  const print = options.json ? () => {} : terminal.out;
  const head = { at: Date.now(), account };
  for (const line of renderHead(head)) print(line);
  const end = await walkWith(probe, (sighting) => {
    const isFirst = shown.every(({ step }) => step !== sighting.step);
    shown.push(sighting);
    for (const line of renderSighting(sighting, { surface: account.surface, isFirst })) print(line);
  });
  if (options.json) printJson(terminal, probeView(head, shown, end));
  else for (const line of renderEnd(end)) print(line);
  if (end.end !== 'done') setExitCode(exitCodes.failed);
}

async function walkWith(
  { account, message, options, context }: Probe,
  see: (shown: Shown) => void,
): Promise<WalkEnd> {
  let last: HttpResult | undefined;
  const onReply = (reply: HttpResult): void => {
    last = reply;
  };
  const id = newJobId(randomBytes(jobIdBytes));
  const unusedId = newJobId(randomBytes(jobIdBytes));
  const mask = createMask(message.to, [
    { text: account.password, name: 'password' },
    { text: account.username, name: 'user name' },
    { text: message.title, name: 'title' },
    { text: message.text, name: 'text' },
    { text: id, name: 'own id' },
    { text: unusedId, name: 'unused id' },
  ]);
  const masks: Masks = { mask, hide: (body) => hideTexts(body, [message.text, message.title]) };
  const client = createJetsmsClient({ ...account, connections: 1 }, { onReply });
  const reports = createReportClient(account, Date.now, onReply);
  const queries = createAccountQueries(account);
  const stop = context.stopSignal();
  try {
    return await walk({
      client,
      reports,
      queries,
      title: message.title,
      message: { id, to: message.to, text: message.text },
      unusedId,
      unusedGroupId,
      repeat: options.repeat === true,
      forMs: options.for,
      now: Date.now,
      wait: (delayMs) => sleep(delayMs, undefined, { signal: stop }).catch(() => {}), // Ctrl-C ends the wait
      stop,
      see: (sighting) => see(withReply(sighting, last, masks)),
    });
  } finally {
    await Promise.all([client.close(), reports.close(), queries.close()]);
  }
}

/** A time long before JetSMS's group ids had so many digits. */
const unusedGroupId = '0101010101010000000';

/** The largest part of a reply that is shown, in characters. Our choice: enough for two rows of SOAP. */
const longestBody = 3_000;

interface Masks {
  readonly mask: (text: string) => string;
  /** Hides the texts in the answer to a search. */
  readonly hide: (body: string) => string;
}

/** A sighting with the reply behind it, masked. The credit's stays out: it is nobody's business. */
function withReply(sighting: Sighting, reply: HttpResult | undefined, { mask, hide }: Masks): Shown {
  // A status is shown as it came, so it may be anything.
  const masked = { ...sighting, says: mask(sighting.says) };
  const { step, as = step } = sighting;
  if (step === 'credit' || reply?.kind !== 'response') return masked;
  const came = decodeReply(reply.body);
  const body = mask(as === 'search' ? hide(came) : came);
  const contentType = String(reply.headers['content-type'] ?? '');
  const seen: SeenReply = {
    status: reply.status,
    ...(contentType === '' ? {} : { contentType: mask(contentType) }),
    body: body.length > longestBody ? `${body.slice(0, longestBody)}…` : body,
  };
  return { ...masked, reply: seen };
}
