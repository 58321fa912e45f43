import type { SurfaceName } from '../message/surface.ts';

/** The steps of `jetsms probe`, in their order; each shows what JetSMS really does. */
export const probeSteps = [
  'credit',
  'send',
  'unknown-group',
  'unknown-id',
  'group-report',
  'own-id',
  'search',
  'repeat',
] as const;
export type ProbeStep = (typeof probeSteps)[number];

/** How sure a thing is that JetSMS does not say where everybody can read it. */
export type Certainty =
  | 'documented elsewhere'
  | 'several clients'
  | 'one client'
  | 'inferred'
  | 'nothing public';

/** One thing about JetSMS's wire that is not known for certain, and what we do there. */
export interface Assumption {
  readonly id: string;
  /** What we take for true, or what we chose to do. */
  readonly assumed: string;
  readonly certainty: Certainty;
  /** Where it comes from, and why this and nothing else. */
  readonly why: string;
  /** What of the product relies on it, and what would go wrong. */
  readonly dependsOn: string;
  /** The surface that it is about, where it is not about all. */
  readonly surface?: SurfaceName;
  /** The steps of `jetsms probe` that settle it. */
  readonly steps: readonly ProbeStep[];
  /** What else would. */
  readonly otherwise?: string;
  /** The files that act on it, from the root of the repository. */
  readonly where: readonly string[];
}

/** A part of the page, and its assumptions. */
export interface AssumptionGroup {
  readonly title: string;
  readonly rows: readonly Assumption[];
}

const sending: readonly Assumption[] = [
  {
    id: 'http-status',
    assumed:
      'JetSMS answers with HTTP status 200, and says everything in the body. Other statuses mean what HTTP says.',
    certainty: 'inferred',
    why: 'No public client looks at the status; a SOAP fault was seen with 500.',
    dependsOn: 'What is sent again: 408, 429 and 503 count as unsent, 500, 502 and 504 as uncertain.',
    steps: ['send'],
    where: ['src/jetsms/http-outcome.ts', 'src/jetsms/retry-after.ts'],
  },
  {
    id: 'reference-length',
    assumed: 'The field `reference` takes one line of up to 40 characters, as it is.',
    certainty: 'nothing public',
    why: "The vendor's client sends it empty. 40 is what the other short fields take, and enough for an order number.",
    dependsOn: 'Messages with a `reference`; JetSMS could cut it, or refuse the request.',
    steps: [],
    otherwise: "JetSMS's word, or a message with a long one and its report.",
    where: ['src/message/reference.ts'],
  },
  {
    id: 'other-codes-took-nothing',
    assumed:
      'Where a reply begins with a code other than 00, nothing of the request was taken; a code that nobody knows too.',
    certainty: 'inferred',
    why: "JetSMS's list calls every other code an error.",
    dependsOn:
      'Messages are sent again after a refusal, where the code allows it: else somebody would get a text twice.',
    steps: [],
    otherwise: "JetSMS's word, or the report of a request that was refused.",
    where: ['src/codes/table.ts', 'src/worker/verdict/decide.ts'],
  },
  {
    id: 'unofficial-codes',
    assumed: 'The codes 03 and 28 are acted upon like 10: a fault of the account.',
    certainty: 'one client',
    why: '03 is known to several clients, 28 (the IP address is not allowed) to one.',
    dependsOn: 'The account is held; else each message would be refused by itself.',
    steps: [],
    otherwise: "JetSMS's word, or a send from an address that is not allowed.",
    where: ['src/codes/unofficial.ts', 'src/codes/decisions.ts'],
  },
  {
    id: 'group-id-shape',
    assumed: 'The word behind 00 is the group id where it has 9 to 25 digits and is no phone number.',
    certainty: 'inferred',
    why: 'Those on record have 12 to 19 digits and begin with the time.',
    dependsOn: 'Delivery reports by group id: without one, only our own ids can be asked about.',
    steps: ['send'],
    where: ['src/codes/classify.ts', 'src/jetsms/reply-outcome.ts'],
  },
  {
    id: 'istanbul-clock',
    assumed: 'Times on the wire are those of Istanbul, in requests and in reports.',
    certainty: 'inferred',
    why: 'Group ids of real sends carry that clock.',
    dependsOn:
      'The end of sending that JetSMS is given, when a message was delivered, and the times of a search.',
    steps: ['send', 'group-report', 'search'],
    where: ['src/message/istanbul-time.ts', 'src/jetsms/report-time.ts'],
  },
  {
    id: 'empty-start',
    assumed: 'An empty start date means now, and an empty expire date a validity that JetSMS chooses.',
    certainty: 'inferred',
    why: "The vendor's own client sends both empty.",
    dependsOn: 'Every send: a message with a time is kept back by us, never by JetSMS.',
    steps: ['send'],
    where: ['src/jetsms/xml/request.ts', 'src/jetsms/web-service/request.ts'],
  },
  {
    id: 'expire-without-start',
    assumed: 'An expire date is taken without a start date.',
    certainty: 'nothing public',
    why: 'A deadline needs the one and not the other.',
    dependsOn: 'Messages with a deadline: refused as a whole, they would be dead letters with code 90.',
    steps: [],
    otherwise: 'A send with a deadline, such as `jetsms send --deadline 1h`.',
    where: ['src/jetsms/xml/request.ts', 'src/jetsms/provider-request-reading.ts'],
  },
  {
    id: 'number-form',
    assumed: 'Numbers are taken as digits with the country code and without a plus sign.',
    certainty: 'several clients',
    why: "The vendor's client writes 10 digits, four others 12.",
    dependsOn: 'Every send.',
    steps: ['send'],
    where: ['src/message/number.ts', 'src/jetsms/number-spelling.ts'],
  },
  {
    id: 'number-separator',
    surface: 'xml',
    assumed: 'Over XML, the numbers of one text are separated by commas.',
    certainty: 'one client',
    why: 'The page of the manual that says so could not be read.',
    dependsOn: 'Requests over XML that carry one text to many.',
    steps: [],
    otherwise: 'A send of one text to two numbers of your own, joined in one request.',
    where: ['src/jetsms/xml/request.ts'],
  },
  {
    id: 'turkish-letters',
    assumed: 'Turkish letters arrive as they were written, in UTF-8 and in ISO-8859-9.',
    certainty: 'several clients',
    why: 'Some clients send them, others write ASCII instead.',
    dependsOn: 'Texts are never rewritten.',
    steps: ['send'],
    otherwise: 'The phone: the probe asks to look whether the letters are right.',
    where: ['src/jetsms/xml-text.ts', 'src/message/text.ts'],
  },
  {
    id: 'length-unit',
    assumed: "JetSMS counts a text's length in UTF-16 units, after unescaping.",
    certainty: 'nothing public',
    why: 'Its services are written in languages that count so.',
    dependsOn:
      'Which texts are refused before they are enqueued; a wrong count is a dead letter with code 85.',
    steps: [],
    otherwise: 'A text of exactly the longest length that has an emoji in it.',
    where: ['src/message/text.ts'],
  },
  {
    id: 'parts',
    assumed: "A text's parts are counted by the setting partsModel.",
    certainty: 'nothing public',
    why: 'The code list gives the longest texts only; [parts.md](parts.md) says who counts how.',
    dependsOn: 'The forecast of the credit, receipts and metrics; no text is sent or refused by it.',
    steps: ['credit'],
    otherwise: 'The invoice, or the credit before and after texts of 156 and 300 characters.',
    where: ['src/message/parts-models.ts', 'src/message/parts.ts'],
  },
  {
    id: 'no-duplicate-filter',
    assumed: 'JetSMS sends the same text to the same number twice where it is asked twice.',
    certainty: 'inferred',
    why: 'No code speaks of a repeated package, and no client relies on a filter.',
    dependsOn: 'A message without an answer is not sent again unless its sender says so.',
    steps: ['repeat'],
    where: ['src/jetsms/http.ts'],
  },
  {
    id: 'limits',
    assumed:
      'JetSMS allows 32 requests at a time, 4 questions for reports at a time, and any number a second.',
    certainty: 'nothing public',
    why: 'No limit is on record; the settings connections, messagesPerSecond and requestsPerSecond are ours.',
    dependsOn: 'Speed: where JetSMS limits, the settings must say so.',
    steps: [],
    otherwise: "JetSMS's word.",
    where: ['src/settings/account-table.ts', 'src/jetsms/reports.ts'],
  },
];

const replies: readonly Assumption[] = [
  {
    id: 'reply-charset',
    assumed: 'Replies are UTF-8 where they are valid UTF-8, else ISO-8859-9.',
    certainty: 'inferred',
    why: "The vendor's client says utf-8, all older ones iso-8859-9.",
    dependsOn: "The provider's words in logs and dead letters; codes and ids are ASCII.",
    steps: ['send', 'unknown-group'],
    where: ['src/codes/parse-reply.ts'],
  },
  {
    id: 'v2-status',
    surface: 'web-service',
    assumed:
      "In a V2 reply of the web service, a recipient's Status 0 or 00 is accepted, a code of the list refused, anything else uncertain.",
    certainty: 'documented elsewhere',
    why: "The vendor's OpenAPI file says it of the same field of the JSON interface; no real value is on record.",
    dependsOn: 'What becomes of each recipient: a wrong reading would text people twice, or lose them.',
    steps: ['send', 'repeat'],
    where: ['src/jetsms/web-service/reply.ts'],
  },
  {
    id: 'v2-rows',
    surface: 'web-service',
    assumed: 'Rows of a V2 reply belong to messages by our id, else by the number, else by their order.',
    certainty: 'one client',
    why: 'One client reads them by their order.',
    dependsOn: 'Which recipient of a request is accepted and which refused.',
    steps: ['send'],
    where: ['src/jetsms/web-service/recipient-rows.ts'],
  },
  {
    id: 'v2-parameters',
    surface: 'web-service',
    assumed: 'Parameters that only the WSDL of 2020 has may be left out.',
    certainty: 'inferred',
    why: 'Services of this kind take a missing string as empty.',
    dependsOn: 'Every send over the web service.',
    steps: ['send'],
    where: ['src/jetsms/web-service/request.ts'],
  },
  {
    id: 'soap-faults',
    surface: 'web-service',
    assumed:
      'A SOAP fault that says that the request was wrong means that nothing of it was done; any other leaves it open.',
    certainty: 'inferred',
    why: 'SOAP defines it so; one such fault of the real service is on record.',
    dependsOn: 'Whether a message is given up or uncertain after a fault.',
    steps: [],
    otherwise: "JetSMS's word.",
    where: ['src/jetsms/web-service/soap.ts', 'src/jetsms/web-service/reply.ts'],
  },
];

const account: readonly Assumption[] = [
  {
    id: 'credit-form',
    assumed:
      'The credit is one number with up to four decimals; a known code alone in its place is a refusal.',
    certainty: 'several clients',
    why: 'JetSMS gives code and credit in the same form; a wrong login must never read as credit.',
    dependsOn: 'The credit gauge, its forecast, and the end of a hold for want of credit.',
    steps: ['credit'],
    where: ['src/jetsms/account-queries.ts'],
  },
  {
    id: 'titles-form',
    surface: 'xml',
    assumed: 'examine gives titles on lines, or with tab, comma, semicolon or a vertical bar between them.',
    certainty: 'one client',
    why: 'Known is only that it is text, and empty without titles.',
    dependsOn: 'The warning at start for a title that is not approved.',
    steps: [],
    otherwise: '`jetsms account`, which shows the titles and sends nothing.',
    where: ['src/jetsms/xml/queries.ts'],
  },
];

const reports: readonly Assumption[] = [
  {
    id: 'report-address',
    surface: 'xml',
    assumed:
      'xmlreport lies beside xmlsms, and takes user name, password, groupid and status 5 (all) by GET.',
    certainty: 'several clients',
    why: 'Two independent clients, of about 2009 and 2010; the setting reportUrl says otherwise.',
    dependsOn: 'Delivery reports over XML.',
    steps: ['group-report'],
    where: ['src/jetsms/xml/reports.ts'],
  },
  {
    id: 'xmlreport-lines',
    surface: 'xml',
    assumed:
      'A line of xmlreport holds group id, number, one status of one or two digits and perhaps a time, with white space or ; , / | between them. A line without a number of 10 to 13 digits is no row.',
    certainty: 'several clients',
    why: 'Both clients read columns, which the longer group ids of today do not fit; what stands between them is not known.',
    dependsOn: 'Delivery reports over XML: a line read wrongly leaves its message unconfirmed.',
    steps: ['group-report'],
    where: ['src/jetsms/xml/reports.ts'],
  },
  {
    id: 'report-errors',
    assumed:
      '10, 11 and 99 in the place of a report mean a wrong login, an unknown group id and a system error, on both surfaces.',
    certainty: 'one client',
    why: 'Known of xmlreport. 11 is never taken for a lack of credit there.',
    dependsOn: 'An account is not held because a group id is unknown.',
    steps: ['unknown-group'],
    where: ['src/jetsms/report-codes.ts'],
  },
  {
    id: 'soap-report-refusal',
    surface: 'web-service',
    assumed:
      'Where the web service refuses a question for reports, its code stands in ResponseCode or ErrorCode, in the place of the rows, or in a row about nobody. An empty array means that there is nothing to report yet.',
    certainty: 'nothing public',
    why: 'The results of a send have these forms.',
    dependsOn: 'A refusal is never read as an answer.',
    steps: ['unknown-group', 'unknown-id'],
    where: ['src/jetsms/web-service/reports.ts'],
  },
  {
    id: 'report-status',
    assumed:
      '1 is delivered, 2 waiting, 3 failed, 4 expired, 9 failed; 0, 6, 7, 8 and any other are waiting.',
    certainty: 'documented elsewhere',
    why: "1 to 4 are in the vendor's manual of 2014. It calls 6 not sent for want of limit, one client pending; 0, 7, 8 and 9 are of that client.",
    dependsOn: 'What is told of a message: delivered, failed, expired or unconfirmed.',
    steps: ['group-report', 'own-id'],
    where: ['src/jetsms/report-row.ts'],
  },
  {
    id: 'real-status',
    assumed: 'Only a message that JetSMS has can have status 1, 2, 3 or 4.',
    certainty: 'nothing public',
    why: 'What JetSMS answers for an id that it never saw is not known; an id that was never used is asked about beside ours.',
    dependsOn: 'A message without an answer is settled as accepted.',
    steps: ['unknown-id', 'own-id'],
    where: ['src/jetsms/report-row.ts', 'src/worker/asking/control.ts'],
  },
  {
    id: 'report-times',
    assumed:
      'Times of reports are ddMMyyyyHHmmss, dd.MM.yyyy HH:mm:ss, yyyy-MM-dd HH:mm:ss or ISO 8601; anything else is no time.',
    certainty: 'one client',
    why: 'The first is known of xmlreport; how the web service writes one is not public.',
    dependsOn: 'When a message was delivered; its state does not depend on it.',
    steps: ['group-report', 'own-id', 'search'],
    where: ['src/jetsms/report-time.ts'],
  },
  {
    id: 'rows-per-message',
    assumed:
      'A report has one row for each recipient, or several where a message has parts, of which the worst counts; they belong to messages by number.',
    certainty: 'one client',
    why: 'The WSDL has arrays; one client expects a row for each part. The field ID of ReportSMS is not taken for our own id.',
    dependsOn: 'Which message of a request a report is about.',
    steps: ['group-report', 'own-id'],
    where: [
      'src/jetsms/web-service/reports.ts',
      'src/jetsms/report-row.ts',
      'src/worker/reports/message-states.ts',
    ],
  },
  {
    id: 'reports-for-days',
    assumed:
      'JetSMS tells what became of a message for three days after it, and what it has not told by then it will not tell.',
    certainty: 'one client',
    why: 'One client asks for 72 hours, by its own choice. A message whose validity is longer could still arrive later.',
    dependsOn: 'That a message is told as unconfirmed; the setting reportForMs says otherwise.',
    steps: [],
    otherwise: "JetSMS's word.",
    where: ['src/settings/account-table.ts', 'src/worker/reports/intervals.ts'],
  },
  {
    id: 'ids-in-a-question',
    surface: 'web-service',
    assumed: 'A question by our own ids may be about a hundred of them.',
    certainty: 'nothing public',
    why: 'How many ids ReportSMS_V2 takes is not known; where it refuses a question, it is asked in halves.',
    dependsOn: 'How many questions reports and asking take.',
    steps: [],
    otherwise: "JetSMS's word, or a question about a hundred ids at an account with traffic.",
    where: ['src/jetsms/reports.ts'],
  },
  {
    id: 'own-ids-known',
    surface: 'web-service',
    assumed:
      'JetSMS keeps the ids of SendSMS_V2 and SendSMSBroadcast_V2, and ReportSMS_V2 finds messages by them after a while.',
    certainty: 'documented elsewhere',
    why: 'The WSDL has the fields; how soon an id is known is not public, so not found proves nothing.',
    dependsOn: 'Asking about a message without an answer, and reports without a group id.',
    steps: ['own-id'],
    where: ['src/jetsms/reports.ts', 'src/jetsms/web-service/reports.ts', 'src/worker/asking/by-ids.ts'],
  },
  {
    id: 'own-ids-repeated',
    surface: 'web-service',
    assumed:
      'An id that was used before is no reason for JetSMS to refuse a message, or to answer as it did before.',
    certainty: 'inferred',
    why: 'Clients of the JSON interface repeat ids; nothing shows that they are checked.',
    dependsOn:
      'Only a message that is tried again after a refusal keeps its id; where it may have been taken before, it gets a new one. Where JetSMS refuses a repeated id, sending again would be safe.',
    steps: ['repeat'],
    where: ['src/message/id.ts', 'src/queue/send-job.ts'],
  },
  {
    id: 'search',
    assumed:
      'ReportSMSDetail takes times as ddMMyyyyHHmmss and the number as in a send, and gives the text where istext is 1.',
    certainty: 'nothing public',
    why: 'The WSDL has the names only; times as in a send. Messages are looked for only where webServiceUrl is set.',
    dependsOn: 'Finding a message without an answer where own ids cannot be asked about.',
    steps: ['search'],
    where: ['src/jetsms/web-service/reports.ts', 'src/jetsms/reports.ts', 'src/worker/asking/by-search.ts'],
  },
];

const mms: readonly Assumption[] = [
  {
    id: 'mms-surface',
    assumed: 'An MMS goes over the web service only, with one medium.',
    certainty: 'documented elsewhere',
    why: 'SendMMS is in the WSDL; no XML form of an MMS is public.',
    dependsOn: 'An MMS of an XML account is refused before it is enqueued.',
    steps: [],
    otherwise: "JetSMS's word.",
    where: ['src/message/surface.ts', 'src/message/errors.ts', 'src/jetsms/provider-request-reading.ts'],
  },
  {
    id: 'mms-media',
    assumed:
      'Media are image, audio, video or text of the MIME types of mmsContentTypes, up to 300 KB before base64.',
    certainty: 'nothing public',
    why: 'Other Turkish providers take these.',
    dependsOn: 'Which media are refused before they are enqueued; JetSMS answers 202 or 203 to others.',
    steps: [],
    otherwise: 'An MMS to a number of your own for each type and size.',
    where: ['src/message/media.ts'],
  },
  {
    id: 'mms-texts',
    assumed:
      'The subject of an MMS may have 40 characters, its text 1,000, and it costs one part for each recipient.',
    certainty: 'nothing public',
    why: 'Phones must show subjects of 40 characters.',
    dependsOn: 'Which MMS are refused before they are enqueued, and the forecast of the credit.',
    steps: [],
    otherwise: 'An MMS to a number of your own, and the credit before and after it.',
    where: ['src/message/media.ts', 'src/message/mms.ts'],
  },
  {
    id: 'mms-hours',
    assumed: 'Without mmsWindows, an MMS that is refused with 204 is tried again after half an hour.',
    certainty: 'nothing public',
    why: 'JetSMS names no hours.',
    dependsOn: 'When such an MMS leaves.',
    steps: [],
    otherwise: "JetSMS's word.",
    where: ['src/codes/decisions.ts'],
  },
];

const switches: readonly Assumption[] = [
  {
    id: 'switch-channel',
    surface: 'web-service',
    assumed: "Every operation that sends takes `channel`; empty is the account's own.",
    certainty: 'documented elsewhere',
    why: "It stands in the provider's WSDL of 2017 and 2020. The codes (VF, VFO, VFFAST, TRKC, VD, YD) are those of several clients; a channel that is not open for the title got code 04 once.",
    dependsOn: 'Which way messages go where `channel` is set; of an MMS, code 201.',
    steps: [],
    otherwise: "JetSMS's word: which channels the account has.",
    where: [
      'src/settings/account-switch-table.ts',
      'src/jetsms/switches.ts',
      'src/jetsms/web-service/request.ts',
    ],
  },
  {
    id: 'switch-blacklist',
    surface: 'web-service',
    assumed:
      'Every operation that sends takes `blacklistfilter`; empty and 0 are off, and what else is on is left to the setting.',
    certainty: 'several clients',
    why: 'The name stands in the WSDL; clients send it empty or 0 for off. No other value is public.',
    dependsOn:
      'Whether people on the blacklist are left out where `blacklistFilter` is set, and what JetSMS then answers for them.',
    steps: [],
    otherwise: "JetSMS's word, or a message to a number of your own that is on the blacklist.",
    where: ['src/settings/account-switch-table.ts', 'src/jetsms/switches.ts'],
  },
  {
    id: 'switch-iys-filter',
    surface: 'web-service',
    assumed: '`iysfilter` stands behind the other parameters, of an MMS too; empty and 0 are off.',
    certainty: 'several clients',
    why: 'The name stands in the WSDL of 2020; clients send it empty or 0 for off. No other value is public.',
    dependsOn:
      'Whether people without consent are left out where `iysFilter` is set: a service that does not know it ignores it.',
    steps: [],
    otherwise: "JetSMS's word, or a message to a number of your own without consent.",
    where: ['src/settings/account-switch-table.ts', 'src/jetsms/web-service/request.ts'],
  },
  {
    id: 'switch-iys-codes',
    surface: 'web-service',
    assumed:
      '`iyscode`, `iysbrandcode` and `iysrecipienttype` are taken by every operation that sends, behind `iysfilter`; one that does not know them ignores them.',
    certainty: 'one client',
    why: 'One client reports them of the service of 2026, for SendSMSSingle; another sets `iysrecipienttype` to BIREYSEL. An .asmx service reads parameters by name and passes over others.',
    dependsOn:
      'In whose name consent is looked up where `iysCode`, `iysBrandCode` or `iysRecipientType` is set.',
    steps: [],
    otherwise: "JetSMS's word, or its WSDL of today.",
    where: ['src/settings/account-switch-table.ts', 'src/jetsms/web-service/request.ts'],
  },
  {
    id: 'switch-exclusion',
    surface: 'web-service',
    assumed:
      '`exclusionstarttime` and `exclusionexpiretime` are HHmmss by the clock of Istanbul; JetSMS accepts a message within them, keeps it back until the end, and knows it meanwhile.',
    certainty: 'one client',
    why: 'The names stand in the WSDL; one client writes 230000 and 080000, another 220000 and 100000. What becomes of the message is read from the names.',
    dependsOn:
      'That a message in the window is neither lost nor sent twice: where JetSMS did not know it when it was asked, `whenNotFound` would decide.',
    steps: [],
    otherwise: 'A message to a number of your own within the window, and its report before and after.',
    where: ['src/settings/account-switch-table.ts', 'src/jetsms/switches.ts'],
  },
  {
    id: 'switch-xml',
    surface: 'xml',
    assumed: 'The XML surface has none of these switches: settings refuse them there.',
    certainty: 'nothing public',
    why: "No client writes such an element; the vendor's .NET library offers an exclusion window, so one may exist, by a name that is not public.",
    dependsOn: 'That no filter is believed in which does nothing.',
    steps: [],
    otherwise: "The rest of the vendor's XML manual.",
    where: ['src/message/surface.ts', 'src/settings/switch-rules.ts'],
  },
];

/** Everything that we take for true of JetSMS's wire without knowing it. */
export const assumptionGroups: readonly AssumptionGroup[] = [
  { title: 'Sending', rows: sending },
  { title: 'Replies', rows: replies },
  { title: 'The account', rows: account },
  { title: 'Reports and searches', rows: reports },
  { title: 'MMS', rows: mms },
  { title: "JetSMS's own switches", rows: switches },
];

/** The ids of the assumptions that a step of the probe settles over a surface. */
export function settledBy(step: ProbeStep, over: SurfaceName): readonly string[] {
  return assumptionGroups
    .flatMap(({ rows }) => rows)
    .filter(({ steps, surface = over }) => surface === over && steps.includes(step))
    .map(({ id }) => id);
}
