import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';

/** A Kubernetes object, as far as every one is alike. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  // What else is in it depends on its kind; the schemas say what may be.
  // biome-ignore lint/suspicious/noExplicitAny: each test reads what its kind has
  readonly [key: string]: any;
}

export type Labels = Readonly<Record<string, string>>;

interface Kustomization {
  readonly apiVersion: string;
  readonly kind: 'Kustomization' | 'Component';
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string };
    readonly patch: string;
  }[];
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly envs: readonly string[] }[];
}

/** What of kustomize our files use; a test would not see what another word of theirs does. */
const knownWords = [
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'components',
  'patches',
  'images',
  'configMapGenerator',
];

export function readKustomization(folder: string): Kustomization {
  const read = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
  const unknown = Object.keys(read).filter((word) => !knownWords.includes(word));
  if (unknown.length > 0)
    throw new Error(`${folder}: ${unknown.join(', ')} is nothing that the tests can do`);
  return read;
}

/**
 * What kustomize makes of a folder, but for the suffix that it gives to a generated name. Throws where a file is
 * missing, two objects have one name, or a patch meets nothing.
 */
export function buildKustomization(folder: string): readonly Manifest[] {
  const built = buildInto(folder, []);
  const names = built.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`${folder}: twice ${twice.join(', ')}`);
  return built;
}

function buildInto(folder: string, before: readonly Manifest[]): readonly Manifest[] {
  const {
    namespace,
    resources = [],
    components = [],
    patches = [],
    images = [],
    configMapGenerator = [],
  } = readKustomization(folder);
  let objects = [...before, ...resources.flatMap((path) => readResource(join(folder, path)))];
  for (const path of components) objects = [...buildInto(join(folder, path), objects)];
  const maps = configMapGenerator.map(({ name, envs }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: Object.assign({}, ...envs.map((path) => readEnvironment(join(folder, path)))),
  }));
  objects = [...objects, ...maps];
  for (const { target, patch } of patches) objects = patched(objects, target, parse(patch));
  return objects.map((object) => withImages(inNamespace(object, namespace), images));
}

function readResource(path: string): readonly Manifest[] {
  if (statSync(path).isDirectory()) return buildInto(path, []);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS());
}

/** Lines `NAME=value`; lines that begin with # say nothing. */
export function readEnvironment(path: string): Labels {
  const lines = readFileSync(path, 'utf8').split('\n');
  const told = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    told.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
}

interface Operation {
  readonly op: string;
  readonly path: string;
}

function patched(
  objects: readonly Manifest[],
  { kind, name }: { readonly kind: string; readonly name: string },
  operations: readonly Operation[],
): Manifest[] {
  const result = objects.map((object) => {
    if (object.kind !== kind || object.metadata.name !== name) return object;
    const copy = structuredClone(object);
    for (const { op, path } of operations) {
      const keys = path.slice(1).split('/');
      const last = keys.pop() ?? '';
      // biome-ignore lint/suspicious/noExplicitAny: a path goes through whatever is there
      const parent = keys.reduce<any>((value, key) => value[key], copy);
      if (op !== 'remove' || !(last in parent)) throw new Error(`the patch ${op} ${path} meets nothing`);
      delete parent[last];
    }
    return copy;
  });
  if (isDeepStrictEqual(result, objects)) throw new Error(`a patch of ${kind}/${name} meets nothing`);
  return result;
}

const inNamespace = (object: Manifest, namespace: string | undefined): Manifest =>
  namespace === undefined || object.kind === 'Namespace'
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } };

function withImages(object: Manifest, images: NonNullable<Kustomization['images']>): Manifest {
  const containers: readonly { image: string }[] = object['spec']?.template?.spec?.containers ?? [];
  if (containers.length === 0) return object;
  const copy = structuredClone(object);
  for (const container of copy['spec'].template.spec.containers) {
    const other = images.find(({ name }) => name === container.image);
    if (other !== undefined)
      container.image = `${other.newName ?? other.name}${other.newTag === undefined ? '' : `:${other.newTag}`}`;
  }
  return copy;
}
