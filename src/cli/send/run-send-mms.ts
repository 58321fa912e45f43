import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { MessageError } from '../../message/errors.ts';
import type { Media } from '../../message/media.ts';
import { checkMms, type NewMms, partsOfMms } from '../../message/mms.ts';
import type { AccountSettings } from '../../settings/account.ts';
import { rulesOf } from '../../settings/account-rules.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { fileUnreadable, regularFileSize } from '../regular-file.ts';
import { renderSendSummary, type SendSummary } from '../render/send-summary.ts';
import { commonFields, type SendOptions } from './request.ts';
import { producerSender, timeFor } from './sender.ts';

/** The recipients of one request; the producer's own default. */
const maxRecipients = 1_000;

/** Types by the endings of files, for those that an account may send by default. */
const typeByEnding: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '.jpg': 'image/jpeg',
    '.jpeg': 'image/jpeg',
    '.gif': 'image/gif',
    '.png': 'image/png',
    '.amr': 'audio/amr',
    '.mp3': 'audio/mpeg',
    '.3gp': 'video/3gpp',
    '.txt': 'text/plain',
  }),
);

/**
 * Enqueues one MMS to all numbers of `--to`.
 *
 * @throws CliError USAGE, FILE_UNREADABLE, FILE_NOT_REGULAR; MessageError and ProducerError as `sendMms()`; nothing is enqueued then
 */
export async function runSendMms(options: SendOptions, context: CliContext): Promise<void> {
  const { to = [], mms: file = '', dryRun = false } = options;
  const settings = readSettings({ env: context.env }, { needs: dryRun ? [] : ['redis'] });
  const account = accountOf(settings, options.account);
  const media = { contentType: contentTypeOf(options), data: await read(file, account) };
  const nowMs = await timeFor(options, settings);
  const mms = mmsOf(options, account, { media, nowMs });
  const sent = dryRun ? checkOnly(mms, account, nowMs) : await send(mms, settings);
  const { messages, repeated, duplicate } = sent;
  const enqueued = duplicate ? 0 : messages;
  const counts = { lines: to.length, enqueued, parts: partsOfMms * enqueued, before: messages - enqueued };
  print({ dryRun, ...counts, repeated, refused: 0 }, sent.ids, options, context);
}

/** What became of the one MMS. */
interface Sent {
  readonly ids: readonly string[];
  readonly messages: number;
  readonly repeated: number;
  readonly duplicate: boolean;
}

function checkOnly(mms: NewMms, account: AccountSettings, nowMs: number): Sent {
  const { to, repeated } = checkMms(mms, { ...mmsRulesOf(account), nowMs });
  return { ids: [], messages: to.length, repeated, duplicate: false };
}

async function send(mms: NewMms, settings: Settings): Promise<Sent> {
  await using sender = producerSender(settings);
  const { id, ...sent } = await sender.sendMms(mms);
  return { ids: [id], ...sent };
}

function mmsOf(
  options: SendOptions,
  account: AccountSettings,
  { media, nowMs }: { readonly media: Media; readonly nowMs: number },
): NewMms {
  const { to = [], text, subject = '', idempotencyKey } = options;
  const fields = commonFields(options, { account, sampleText: 'x', nowMs });
  return { ...fields, to, subject, text, media, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
}

const mmsRulesOf = (account: AccountSettings) => ({
  ...rulesOf(account),
  surface: account.surface,
  contentTypes: account.mmsContentTypes,
  maxBytes: account.mmsMaxBytes,
  maxRecipients,
});

function contentTypeOf({ mms = '', contentType }: SendOptions): string {
  const type = contentType ?? typeByEnding.get(extname(mms).toLowerCase());
  if (type !== undefined) return type;
  throw new CliError('USAGE', { detail: 'Say with --content-type what the file of --mms is.' });
}

/** Its size is looked at first: a huge file must not be read before it is refused. */
async function read(file: string, { mmsMaxBytes }: AccountSettings): Promise<Buffer> {
  const bytes = await regularFileSize(file);
  if (bytes > mmsMaxBytes) {
    throw new MessageError('MEDIA_TOO_LARGE', 'media.data', { bytes, maximum: mmsMaxBytes });
  }
  try {
    return await readFile(file);
  } catch (cause) {
    throw fileUnreadable(file, cause);
  }
}

function print(
  summary: SendSummary,
  ids: readonly string[],
  { json }: SendOptions,
  { terminal }: CliContext,
): void {
  if (json) {
    terminal.out(JSON.stringify({ ...summary, ids }));
    return;
  }
  if (summary.dryRun) terminal.out('Dry run: nothing was enqueued.');
  for (const id of ids) terminal.out(`message ${id}`);
  for (const line of renderSendSummary(summary, terminal.columns)) terminal.out(line);
}
