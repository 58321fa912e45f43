import { type Declared, declaredOrImported, exportsOf, type Member } from './declarations.ts';

/** A way into the package that apps import. */
export interface Entry {
  readonly title: string;
  /** As it is imported. */
  readonly module: string;
  readonly file: string;
  /** What its instances are called on the page, by the interface's name; its methods have sections of their own. */
  readonly instances: Readonly<Record<string, string>>;
}

/** What docs/api.md tells of. */
export const entries: readonly Entry[] = [
  {
    title: 'Sending',
    module: 'jetsms-producer',
    file: 'src/producer/index.ts',
    instances: { Producer: 'producer' },
  },
  {
    title: 'Events',
    module: 'jetsms-producer/events',
    file: 'src/events/index.ts',
    instances: { Events: 'events' },
  },
  { title: 'Reply codes', module: 'jetsms-producer/codes', file: 'src/codes/index.ts', instances: {} },
];

/** All that the entries export, each once. */
export function allDeclared(): readonly Declared[] {
  return entries.flatMap(({ file }) => exportsOf(file));
}

/** The members of an interface, and those of the interfaces of ours that it extends. */
export function membersOf(declared: Declared): readonly Member[] {
  const inherited = declared.extends.flatMap((name) => {
    const base = declaredOrImported(name, declared.file);
    return base ? membersOf(base) : [];
  });
  const own = new Set(declared.members.map(({ name }) => name));
  return [...declared.members, ...inherited.filter(({ name }) => !own.has(name))];
}

/** Whether an interface is what callers pass, so that what may be left out has a default. */
export const isInput = ({ name, kind }: Declared): boolean =>
  kind === 'interface' && /^New|Options$|^ProducerAccount$|^OwnRecipient$/.test(name);

/** What of the public interface is not told of, in words; a test wants none. */
export function undocumented(): readonly string[] {
  return allDeclared().flatMap((declared) => [
    ...(declared.doc?.description ? [] : [`${declared.name} has no docstring`]),
    ...(declared.kind === 'function' ? missingOfFunction(declared.name, declared) : []),
    ...membersOf(declared).flatMap((member) => missingOfMember(declared, member)),
  ]);
}

function missingOfMember(owner: Declared, member: Member): readonly string[] {
  const name = `${owner.name}.${member.name}`;
  // What is said of a default or a result says what it is.
  const isTold = Boolean(member.doc?.description || member.doc?.default);
  const lacksDefault = isInput(owner) && member.isOptional && !member.doc?.default;
  return [
    ...(isTold ? [] : [`${name} has no docstring`]),
    ...(lacksDefault ? [`${name} has no @default`] : []),
    ...(member.isMethod ? missingOfFunction(name, member) : []),
  ];
}

function missingOfFunction(name: string, { doc, params }: Pick<Member, 'doc' | 'params'>): readonly string[] {
  return params
    .filter((param) => !doc?.params.has(param))
    .map((param) => `${name} does not tell of ${param}`);
}
