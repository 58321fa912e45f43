import { settledBy } from '../../jetsms/assumptions.ts';
import { canAskByIds } from '../../jetsms/reports.ts';
import type { CheckedMessage } from '../../message/message.ts';
import { maskNumber } from '../../message/number.ts';
import type { SurfaceName } from '../../message/surface.ts';
import type { AccountSettings } from '../../settings/account.ts';
import { packageVersion } from '../../settings/package-files.ts';
import type { Shown } from '../probe/shown.ts';
import type { WalkEnd } from '../probe/walk.ts';

/** What a probe would do and what it costs, for the person who is asked. */
export function renderPlan({
  account,
  message,
  repeat,
  forMs,
}: {
  readonly account: AccountSettings;
  readonly message: CheckedMessage;
  readonly repeat: boolean;
  readonly forMs: number;
}): readonly string[] {
  const { to, title, parts } = message;
  const cost = repeat ? `2 SMS, ${2 * parts} parts` : `1 SMS, ${parts === 1 ? '1 part' : `${parts} parts`}`;
  return [
    `This sends ${cost}, which account ${account.name} pays for, to ${maskNumber(to)} under the title ${title}:`,
    'straight to JetSMS, past the queue, so that no hold and no pace keeps it back.',
    ...(repeat ? ['The second is the same message under the same id.'] : []),
    `Then JetSMS is asked about it for up to ${Math.round(forMs / 1_000)} s, which costs nothing.`,
    'What is printed holds no number, no password, no title and no text.',
  ];
}

/** What a probe was made with. */
export interface ProbeHead {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly account: AccountSettings;
}

/** What of an account matters to JetSMS's answers. */
function factsOf({ account }: ProbeHead) {
  const { surface, webServiceOperations, charset, reportUrl, webServiceUrl } = account;
  return {
    surface,
    ...(surface === 'web-service' ? { webServiceOperations } : { charset }),
    canAskByIds: canAskByIds(account),
    hasReportUrl: reportUrl !== '',
    hasWebServiceUrl: webServiceUrl !== '',
  };
}

export function renderHead(head: ProbeHead): readonly string[] {
  const facts = Object.entries(factsOf(head)).map(([name, value]) => `${name} ${value}`);
  return [
    `jetsms probe, jetsms-delivery ${packageVersion()}, ${new Date(head.at).toISOString()}`,
    facts.join(', '),
    '',
  ];
}

/** One sighting; what its step settles stands with the first of the step. */
export function renderSighting(
  { step, as, afterMs, says, reply }: Shown,
  { surface, isFirst }: { readonly surface: SurfaceName; readonly isFirst: boolean },
): readonly string[] {
  const seconds = (afterMs / 1_000).toFixed(1);
  return [
    `${step}${as === undefined ? '' : ` of ${as}`} (${seconds} s): ${says}`,
    ...(isFirst ? [`  settles: ${settledBy(step, surface).join(', ')}`] : []),
    ...(reply === undefined
      ? []
      : [
          `  HTTP ${reply.status} ${reply.contentType ?? 'without a content type'}: ${JSON.stringify(reply.body)}`,
        ]),
  ];
}

const endWords = {
  done: 'The probe came to its end.',
  stopped: 'The probe was ended early.',
  'not-sent': 'JetSMS did not take the message, so there was nothing to ask about.',
} as const satisfies Record<WalkEnd['end'], string>;

export function renderEnd({ sent, end }: WalkEnd): readonly string[] {
  return [
    '',
    `${endWords[end]} SMS sent, or perhaps sent: ${sent}.`,
    ...(sent === 0 ? [] : onThePhone.map((question) => `On the phone: ${question} …`)),
    'The names behind "settles" are those of docs/assumptions.md.',
  ];
}

/** What only the person can see; they write the answers behind the questions. */
const onThePhone: readonly string[] = [
  'how many messages came?',
  'are the letters ÇĞİÖŞÜ çğıöşü right?',
  'was anything put behind the text?',
];

/** The whole probe as JSON. */
export function probeView(
  head: ProbeHead,
  shown: readonly Shown[],
  { sent, end }: WalkEnd,
): Readonly<Record<string, unknown>> {
  return {
    version: packageVersion(),
    at: new Date(head.at).toISOString(),
    ...factsOf(head),
    steps: shown.map((sighting) => ({
      ...sighting,
      settles: settledBy(sighting.step, head.account.surface),
    })),
    sent,
    end,
  };
}
