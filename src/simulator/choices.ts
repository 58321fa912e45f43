/** One thing about JetSMS that is not known, and what the simulator does there. */
export interface SimulatorChoice {
  readonly id: string;
  /** What is unknown. */
  readonly what: string;
  readonly choice: string;
  readonly why: string;
}

/** Everything that the simulator does without knowing that JetSMS does it. */
export const simulatorChoices: readonly SimulatorChoice[] = [
  {
    id: 'charset',
    what: 'which character set counts when prolog and Content-Type disagree',
    choice: "the prolog's; without one the header's, without that UTF-8",
    why: 'an XML parser fed bytes does so, and clients that contradict themselves work',
  },
  {
    id: 'doctype',
    what: 'documents with a DOCTYPE',
    choice: 'refused with 90, parser error',
    why: 'no client writes one, and hardened parsers refuse it',
  },
  {
    id: 'http-status',
    what: 'status, content type and line end of replies',
    choice: '200, text/plain, no line end (a setting adds LF or CRLF)',
    why: 'no client looks at the status; the vendor trims the reply',
  },
  {
    id: 'shape',
    what: 'the explanation behind 90 when a document does not fit its type',
    choice: 'a short Turkish phrase without diacritics; text missing or empty counts as wrong shape',
    why: 'the manual says that such a document gives an error, not which',
  },
  {
    id: 'check-order',
    what: 'the order of checks when several rules are broken',
    choice:
      'no document, broken XML, shape, login (10), closed (77), XML right (76), title (30, 12), recipients (31), ' +
      'characters (80), length (85), dates (90), no valid number left (31), credit (11)',
    why: 'from what needs the least knowledge to what needs the most',
  },
  {
    id: 'surface-right',
    what: 'the answer to an account that may not use the web service',
    choice: '77',
    why: '76 speaks of XML only',
  },
  {
    id: 'title-match',
    what: 'how strictly titles are compared',
    choice: 'letter for letter',
    why: 'the strictest reading shows mistakes early',
  },
  {
    id: 'literal-30-31',
    what: 'the words behind 30 and 31',
    choice: '`30 Originator must be fill`, `31 Gsm number must be fill`',
    why: 'the list prints none; the first was seen in a client of the web service',
  },
  {
    id: 'number-forms',
    what: 'which spellings of a number are taken',
    choice: '10, 11 (with 0) and 12 digits for Turkish mobiles, 8 to 17 digits for others; no plus sign',
    why: '10 digits are documented, 12 are usual, one client knows 8 to 17',
  },
  {
    id: 'number-separators',
    what: 'what separates numbers inside gsmnos',
    choice: 'comma, semicolon, vertical bar or white space',
    why: 'only the comma was seen; a client is not to be failed for the others',
  },
  {
    id: 'invalid-numbers',
    what: 'a number that is none, among others that are',
    choice:
      'left out and not charged (stats: droppedMessages); 31 when none is left. Where the answer has a status for ' +
      'each recipient that number has 27, and the request is accepted even when none is left',
    why: 'the HTTP interface refuses such a number alone; 27 is a number problem in one client of the web service',
  },
  {
    id: 'repeated-numbers',
    what: 'the same number twice in one request',
    choice: 'sent and charged twice',
    why: 'nothing shows a filter, and a test must see a duplicate',
  },
  {
    id: 'unwanted-characters',
    what: 'which characters give 80',
    choice: 'everything outside ISO-8859-9, and control characters but tab, LF and CR',
    why: "it fits the provider's old character set, and one client assumes it",
  },
  {
    id: 'length-unit',
    what: 'whether 85 counts characters or encoded units',
    choice: 'characters, after unescaping',
    why: 'the natural reading of the list',
  },
  {
    id: 'dates',
    what: 'dates that are none, past or reversed',
    choice:
      'a start in the past means now; an impossible date, or an expiry past or before the start, gives 90',
    why: 'a silent drop would hide a bug of the sender',
  },
  {
    id: 'start-date',
    what: 'when a message with a start date counts as accepted',
    choice: 'at once: it is recorded and charged with the request',
    why: '`00` means that the provider has taken it',
  },
  {
    id: 'soap-faults',
    what: 'the words and conditions of SOAP faults',
    choice: 'those of an ASP.NET service, with status 500',
    why: 'the service is one, and one such fault was seen',
  },
  {
    id: 'soap-words',
    what: 'where the words behind a code stand in ErrorCode and ID',
    choice: 'the bare code in ErrorCode, the words in ID',
    why: 'the bare code was seen; one client shows ID to its user on failure',
  },
  {
    id: 'v2-result',
    what: 'what stands in ResponseMessage, and the values of Status',
    choice: 'the group id, or the words of a refusal; 0 for accepted, else a code',
    why: 'the REST service does so',
  },
  {
    id: 'message-ids',
    what: 'message ids that differ in number from the recipients, or repeat',
    choice:
      'a differing number gives 81; a repeated id is accepted again (a setting refuses its recipient with status 99)',
    why: '81 is the code of lists that do not pair; nothing shows a filter. 99 stands for nothing else there',
  },
  {
    id: 'empty-text',
    what: 'the answer of the web service to an empty text among others',
    choice: '`38 Message must be fill`',
    why: 'one client knows 38 for it; the list has no row',
  },
  {
    id: 'send-all',
    what: 'how long a text may be with SendAllPackage',
    choice: '612 characters, charged by parts',
    why: "two parts were seen to arrive; 612 is the list's maximum",
  },
  {
    id: 'soap-query-refusal',
    what: 'how ReportQuota and ReportOriginator refuse a login',
    choice: 'code and words where the answer would stand',
    why: 'they have no other place for it, and examine does so',
  },
  {
    id: 'mms-rules',
    what: 'channels, content types, size, hours and price of an MMS',
    choice:
      'VF, TRKC, VD or none; MIME types jpeg, gif, png, amr, mpeg audio, 3gpp, plain text; 300 KB decoded; any hour; ' +
      'one unit of credit for a recipient. All can be set for each account. Data that is no base64 gives 202',
    why: 'nothing is public; types and size are those that the product checks by default',
  },
  {
    id: 'mms-text',
    what: 'how long the text of an MMS may be, and whether it may be empty',
    choice: 'as long as it likes; empty too',
    why: 'nothing is known',
  },
  {
    id: 'query-login',
    what: 'what an account query or a question for reports is refused for',
    choice: 'a wrong login (10); an account that is closed or may not send may ask',
    why: 'it is how one finds out what is wrong with an account',
  },
  {
    id: 'query-type',
    what: 'an examine with an unknown type',
    choice: '90 and an explanation',
    why: '90 is among the codes that clients expect there',
  },
  {
    id: 'titles-form',
    what: 'how examine separates titles',
    choice: 'one title a line',
    why: 'known is only that the reply is text, and empty without titles',
  },
  {
    id: 'unlimited-credit',
    what: 'the credit of an account that never runs out',
    choice: '999999999',
    why: 'the wire has numbers only',
  },
  {
    id: 'report-states',
    what: 'what becomes of messages, and how soon',
    choice: 'all are delivered a second after acceptance, or after their start date. Settings change both',
    why: 'on record are one to two minutes, for which no test should wait',
  },
  {
    id: 'report-expiry',
    what: 'the status of a message whose expire date passes',
    choice: '4, at that time, where it has no final status before',
    why: 'it is what the status is called: timed out, not tried any more',
  },
  {
    id: 'report-parts',
    what: 'whether a message of several parts has a record for each',
    choice: 'one record for the message (a setting gives one for each part, with a fate of its own)',
    why: 'one client expects records for parts; nobody has shown any',
  },
  {
    id: 'report-own-ids',
    what: 'how soon a message is found by its own id, or by a search',
    choice: 'at once (a setting delays both); by its group id always at once',
    why: 'nothing is public; the group id comes from the provider itself',
  },
  {
    id: 'report-unknown-id',
    what: 'the answer of ReportSMS_V2 for an id that JetSMS does not know, or that is of another account',
    choice:
      'no row. Settings make it a refusal of the whole question (`11 - Unrecognized MessageId`), a row with status 0, or ' +
      'a row with status 2; such a row has the id and no number',
    why: 'nothing is public, and a client must cope with each of them',
  },
  {
    id: 'report-order',
    what: 'the order of rows, and the answer for an id that was used several times',
    choice:
      'the order of the request that sent, or of the ids in the question; the rows of every message of the id',
    why: 'nothing is known',
  },
  {
    id: 'report-filter',
    what: 'a status filter that is empty, or none of 1 to 5',
    choice: 'empty means 5; any other is refused with `99 status gecersiz`',
    why: '99 is the error of xmlreport that stands for everything else',
  },
  {
    id: 'report-lines',
    what: 'separator and line end of xmlreport',
    choice:
      'a space; LF between the lines (with the setting for line ends CRLF, and one behind the last line)',
    why: 'old clients read fixed columns, which cannot hold the group ids of today',
  },
  {
    id: 'report-fields',
    what: 'dates, ID, ResponseCode and SendRetryCount in reports of the web service',
    choice: '`ddMMyyyyHHmmss`, the group id, 00 and 0; a DeliveredDate has status 1 only',
    why: 'it is the form of every date that the provider is known to write',
  },
  {
    id: 'report-refusal',
    what: 'how ReportSMS and ReportSMSDetail refuse, and what they say of an unknown group',
    choice:
      'one row about nobody, the code in ResponseCode and the words in ID; no row for a group that is not known',
    why: 'they have no other place for a code; one client takes an empty array for nothing to report yet',
  },
  {
    id: 'report-search',
    what: 'the dates of ReportSMSDetail',
    choice:
      'when the message was accepted, both ends included; `ddMMyyyyHHmmss`, or `ddMMyyyy` for whole days; empty has no ' +
      'limit, a date that is none is refused with `99 tarih gecersiz`. An empty number or title means any',
    why: 'the service has dates in this form elsewhere',
  },
  {
    id: 'report-text',
    what: 'what `istext` means',
    choice: 'MessageText is empty where it is 0 or false',
    why: 'the first version of the operation had the field and no such parameter',
  },
  {
    id: 'switches',
    what: 'what channel, filters, codes of İYS and the exclusion window do, and which operations of the web service know them',
    choice:
      'every operation that sends takes all of them and records them with the message; nobody is left out by a filter, ' +
      "any channel is taken for an SMS. Within the exclusion window a message is accepted at once, and what becomes of it begins at the window's end; a time that is none, or half a window, gives 90",
    why: 'values and effects are not public; the exclusion times are said to keep messages back',
  },
];
