/** A cut XML document, closed so that a parser can read what came of it. */
export interface Mended {
  readonly document: string;
  /** The element within whose text the document broke off: that text may go on. */
  readonly open: string | undefined;
}

interface OpenElement {
  readonly name: string;
  readonly at: number;
}

/** Comments, CDATA, instructions and tags; the first three also where they break off. */
const markup =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<(\/?)([A-Za-z_][\w:.-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;
const broken = /^<!--(?![\s\S]*-->$)|^<!\[CDATA\[(?![\s\S]*\]\]>$)|^<\?(?![\s\S]*\?>$)/;

/** Where the markup of a cut document ends that is whole. */
interface Cut {
  readonly end: number;
  /** The elements that are open there, the outermost first. */
  readonly open: readonly OpenElement[];
  /** An element's begin stands last. */
  readonly isInText: boolean;
}

const isBegin = ([, slash, , attributes = '']: RegExpExecArray): boolean =>
  slash === '' && !attributes.endsWith('/');

/** Undefined where an element is closed that was not opened last. */
function readCut(text: string): Cut | undefined {
  const open: OpenElement[] = [];
  let end = 0;
  let isInText = false;
  for (const found of text.matchAll(markup)) {
    const [piece, slash, name] = found;
    if (broken.test(piece)) break;
    end = found.index + piece.length;
    if (name === undefined) continue;
    isInText = isBegin(found);
    if (isInText) open.push({ name, at: found.index });
    else if (slash !== '' && open.pop()?.name !== name) return undefined;
  }
  return { end, open, isInText };
}

/**
 * Closes every element that a cut document leaves open. `unlessWhole` names elements that say nothing unless they
 * are whole: an open one is left out. Undefined where this is no XML.
 */
export function mendXml(text: string, unlessWhole: string): Mended | undefined {
  const cut = readCut(text);
  if (!cut) return undefined;
  const { open } = cut;
  const dropped = open.findIndex(({ name }) => localName(name) === unlessWhole);
  if (dropped < 0) return closeAt(text, cut);
  return { document: closed(text.slice(0, open[dropped]?.at), open.slice(0, dropped)), open: undefined };
}

function closeAt(text: string, { end, open, isInText }: Cut): Mended {
  const rest = text.slice(end);
  const words = isInText ? (/^[^<]*/.exec(rest)?.[0] ?? '') : '';
  const last = open.at(-1);
  const isOpen = isInText && last !== undefined && !rest.startsWith('</', words.length);
  return {
    document: closed(text.slice(0, end) + words.replace(/&[^;]*$/, ''), open),
    open: isOpen ? localName(last.name) : undefined,
  };
}

const closed = (document: string, open: readonly OpenElement[]): string =>
  document +
  open
    .toReversed()
    .map(({ name }) => `</${name}>`)
    .join('');

const localName = (name: string): string => name.replace(/^.*:/, '');
