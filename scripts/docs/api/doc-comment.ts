/** What a docstring says, taken apart. */
export interface DocComment {
  /** Markdown. */
  readonly description: string;
  /** By the parameter's name. */
  readonly params: ReadonlyMap<string, string>;
  readonly returns: string | undefined;
  /** Each begins with the name of the class. */
  readonly throws: readonly string[];
  /** Code. */
  readonly examples: readonly string[];
  readonly default: string | undefined;
}

interface Tag {
  readonly name: string;
  readonly text: string;
}

/** Reads the text between the marks of a docstring. */
export function readDocComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line, index) => (index === 0 ? line.trimStart() : line.replace(/^\s*\* ?/, '')));
  const [description = '', ...tags] = lines.join('\n').split(/^@(?=[a-z]+\b)/m);
  const read = tags.map(readTag);
  const textsOf = (name: string): readonly string[] =>
    read.filter((tag) => tag.name === name).map(({ text }) => text);
  const params = textsOf('param').map((text): [string, string] => {
    const [, name = '', rest = ''] = /^(\S+)\s+([\s\S]*)$/.exec(text) ?? [];
    return [name, oneLine(rest)];
  });
  const throws = textsOf('throws').map(oneLine);
  const inline = /@throws ([^@]*)/.exec(description)?.[1];
  return {
    description: paragraphs(description.replace(/@throws [^@]*/, '')),
    params: new Map(params),
    returns: textsOf('returns').map(oneLine)[0],
    throws: inline === undefined ? throws : [...throws, oneLine(inline)],
    examples: textsOf('example').map((text) => text.trim()),
    default: textsOf('default').map(oneLine)[0],
  };
}

function readTag(tag: string): Tag {
  const [, name = '', text = ''] = /^([a-z]+)([\s\S]*)$/.exec(tag) ?? [];
  return { name, text: name === 'example' ? text : text.trim() };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A docstring breaks lines where the source must; a list keeps its lines. */
const paragraphs = (text: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\n(?!\s*[-*] )\s*/g, ' '))
    .join('\n\n');
