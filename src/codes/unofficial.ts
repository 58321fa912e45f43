import type { CodeSurface } from './list.ts';

/** Codes that the list lacks, and on which this product acts all the same: as it does on 10. */
export type UnofficialRowId = '03' | '28';

/** How many public clients of JetSMS know the code. None of it is JetSMS's word. */
export type Certainty = 'several clients' | 'one client';

/** A code outside the list of JetSMS that public clients have seen. */
export interface UnofficialCode {
  /** As it stands in a reply. */
  readonly code: string;
  /** Where it was seen. */
  readonly surface: CodeSurface;
  /** The whole reply where a client shows one. */
  readonly literal: string | null;
  /** What clients take it for. */
  readonly meaning: string;
  /** JetSMS does not list it. */
  readonly official: false;
  /** How many clients know it. */
  readonly certainty: Certainty;
  /** Which clients, by the names of their public repositories. */
  readonly source: string;
}

const halildeu = 'Halildeu/platform-backend (2026)';
const halildeuOperations = 'Halildeu/platform-k8s-gitops (2026), a real exchange';
const dershane = 'mkysoft/dershaneotomasyonu (about 2009)';
const erdemkeren = 'erdemkeren/jet-sms-php (2018)';
const clinic = 'a Delphi client of a clinic (about 2010)';

const configuration = 'a fault of the account or its configuration; its exact meaning is not known';

type Columns = readonly [
  code: string,
  surface: CodeSurface,
  literal: string | null,
  meaning: string,
  certainty: Certainty,
  sources: readonly string[],
];

const columns: readonly Columns[] = [
  [
    '03',
    'any',
    '03 Password must be fill',
    'user name or password empty',
    'several clients',
    [`${halildeu}, which cites a list of JetSMS of 9 November 2022`, dershane],
  ],
  [
    '04',
    'web-service',
    null,
    'refused on a channel, perhaps because the title is not enabled there',
    'one client',
    [halildeuOperations],
  ],
  ['05', 'any', null, 'the XML is missing', 'one client', [dershane]],
  ['13', 'any', null, 'an error; its exact meaning is not known', 'several clients', [halildeu, dershane]],
  ['14', 'web-service', null, configuration, 'one client', [halildeu]],
  ['15', 'web-service', null, configuration, 'one client', [halildeu]],
  ['16', 'web-service', null, configuration, 'one client', [halildeu]],
  ['17', 'web-service', null, configuration, 'one client', [halildeu]],
  ['20', 'any', '20', 'invalid XML, on the older service', 'several clients', [erdemkeren, dershane, clinic]],
  ['27', 'web-service', null, "something is wrong with the recipient's number", 'one client', [halildeu]],
  ['28', 'web-service', null, "the sender's IP address is not allowed", 'one client', [halildeu]],
  ['38', 'web-service', null, 'the text is empty', 'one client', [halildeu]],
  ['61', 'web-service', null, configuration, 'one client', [halildeu]],
  ['62', 'web-service', null, configuration, 'one client', [halildeu]],
  ['99', 'any', null, 'a system error', 'one client', [dershane]],
];

/** Every code outside the list that public clients have seen, by code. */
export const unofficialCodes: readonly UnofficialCode[] = columns.map(
  ([code, surface, literal, meaning, certainty, sources]): UnofficialCode => ({
    code,
    surface,
    literal,
    meaning,
    official: false,
    certainty,
    source: sources.join('; '),
  }),
);
