/** The part of a package-lock.json (version 3) that matters here. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  /** Where the folder's name is another one, because the dependency is an alias. */
  readonly name?: string;
  /** A folder, which has no checksum. */
  readonly link?: true;
  readonly dev?: true;
  readonly optional?: true;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface CompletedLock {
  readonly completed: Lock;
  /** Names of the packages that were missing. */
  readonly added: readonly string[];
}

/**
 * Adds an entry for every optional dependency that has none. Its platform is read from its name, so that npm
 * passes it over everywhere else; its checksum is for `addChecksums`.
 * @throws Error for a name that tells no platform
 */
export function completeLock(lock: Lock): CompletedLock {
  const missing = Object.entries(lock.packages).flatMap(([path, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !isLocked(lock, path, name))
      .map(([name, range]) => [name, entryOf(name, range, parent)] as const),
  );
  const entries = missing.map(([name, entry]) => [`node_modules/${name}`, entry] as const);
  const packages = Object.fromEntries(
    [...Object.entries(lock.packages), ...entries].sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  return { completed: { ...lock, packages }, added: missing.map(([name]) => name) };
}

/** The packages, as `name@version`, that have no checksum in the lock file, by their paths in it. */
export function withoutChecksum({ packages }: Lock): ReadonlyMap<string, string> {
  const lacking = Object.entries(packages).filter(
    ([path, { integrity, link }]) => path !== '' && !link && integrity === undefined,
  );
  return new Map(
    lacking.map(([path, { name, version }]) => [
      path,
      `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`,
    ]),
  );
}

/** The lock file with the checksums that are given, by path. */
export function addChecksums(lock: Lock, checksums: ReadonlyMap<string, string>): Lock {
  const packages = Object.entries(lock.packages).map(([path, { version, ...rest }]) => {
    const integrity = checksums.get(path) ?? rest.integrity;
    const entry = { ...(version && { version }), ...rest, ...(integrity && { integrity }) };
    return [path, entry] as const;
  });
  return { ...lock, packages: Object.fromEntries(packages) };
}

/** Whether the package at `path` finds `name`, in its own folder or in one above it. */
function isLocked(lock: Lock, path: string, name: string): boolean {
  if (lock.packages[`${path === '' ? '' : `${path}/`}node_modules/${name}`] !== undefined) return true;
  return path !== '' && isLocked(lock, path.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ''), name);
}

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

function entryOf(name: string, range: string, parent: LockedPackage): LockedPackage {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length + cpu.length === 0)
    throw new Error(`no platform in the name of the optional package ${name}`);
  const c = libc(words);
  return {
    version: range.replace(/^[~^]/, ''),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(parent.dev ? { dev: true as const } : {}),
    ...(c === undefined ? {} : { libc: [c] }),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

function libc(words: readonly string[]): string | undefined {
  if (!words.includes('linux')) return undefined;
  if (words.some((word) => word.startsWith('musl'))) return 'musl';
  return words.some((word) => word.startsWith('gnu')) ? 'glibc' : undefined;
}
