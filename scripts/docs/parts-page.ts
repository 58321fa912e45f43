import { type PartsModelRow, partsModels } from '../../src/message/parts-models.ts';

/** docs/parts.md: how SMS parts are counted, and how certain that is. */
export function renderPartsMarkdown(): string {
  return [
    '<!-- Made by scripts/generate-docs.ts from src/message/parts-models.ts; do not edit. -->',
    '',
    '# SMS parts',
    '',
    'A long text goes out in several SMS, called parts. What JetSMS charges for one is not public: its list of codes',
    'gives the longest texts only. So every count of parts here, in receipts, `jetsms send`, `jetsms account`, dead',
    'letters and metrics, is an assumption about what is charged. It decides nothing: no text is sent, divided or refused',
    "by it. Which texts are too long is the account's `maxTextLength`.",
    '',
    'The assumption is a setting of the account, [`partsModel`](settings.md#partsmodel); backend apps give the same to',
    '`createProducer()`. Compare what JetSMS charges with one text of 156 and one of 300 characters, with and without',
    'Turkish letters, and choose the model that agrees. A job is counted once, by the producer, and keeps its model when it',
    'is divided. An MMS counts as one part for each recipient, whatever the model.',
    '',
    '`jetsms parts "…"` counts a text by any of them. `--model 3gpp` counts what goes over the air by the standard.',
    '',
    ...Object.entries<PartsModelRow>(partsModels).flatMap(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section([name, { meaning, source, certainty }]: readonly [
  string,
  PartsModelRow,
]): readonly string[] {
  return [`## ${name}`, '', meaning, '', `- Source: ${source}`, `- Certainty: ${certainty}`, ''];
}
