import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { build } from 'tsdown';
import { bundled } from './entries.ts';

type Options = NonNullable<Parameters<typeof build>[0]>;
type Plugin = Extract<Options['plugins'], { readonly name: string }>;

/** What both packages are built with. Everything that is not in `bundled` stays an import of the built files. */
export const common: Options = {
  config: false,
  tsconfig: 'tsconfig.build.json',
  target: 'node22.19',
  hash: false,
  report: false,
  logLevel: 'warn',
  failOnWarn: true,
  checks: { legacyCjs: false, bundlerTimings: false },
  deps: {
    alwaysBundle: bundled.map(ofPackage),
    // devDependencies would be taken in otherwise, and with them whatever a mistaken import reaches.
    neverBundle: isLeftOutside,
    onlyBundle: false,
    dts: { alwaysBundle: [], neverBundle: isPackage },
  },
  plugins: [lateLoading(), licences()],
};

function ofPackage(name: string): RegExp {
  return new RegExp(`^${name}(/|$)`);
}

/** Of imports by our own files: what a bundled package imports goes in with it. */
function isLeftOutside(id: string, importer: string | undefined): boolean {
  const isOfOurs = !importer?.includes('/node_modules/');
  return isOfOurs && isPackage(id, importer) && !bundled.some((name) => ofPackage(name).test(id));
}

/** Entries, which nobody imports, are no packages; nor are the compiler's helpers for `await using`, which it adds. */
function isPackage(id: string, importer: string | undefined): boolean {
  return Boolean(importer) && /^[@a-z]/.test(id) && !id.startsWith('@oxc-project/runtime/');
}

/**
 * The tables of numbers are loaded when the first number comes, by `createRequire`, which no bundler follows. A plain
 * `require` is followed, and what it names stays a function that runs when it is first called.
 */
function lateLoading(): Plugin {
  const call = 'createRequire(import.meta.url)(';
  return {
    name: 'late-loading',
    transform: {
      filter: { id: /\/src\/message\/number\.ts$/ },
      handler(code) {
        if (!code.includes(call)) throw new Error(`src/message/number.ts no longer says ${call}`);
        return code.replace(call, 'require(');
      },
    },
  };
}

/** Writes the licences of what was taken in beside it: that is what they ask for. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_, files) {
      const folders = Object.values(files)
        .flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
        .flatMap((module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module) ?? []);
      const texts = [...new Set(folders)].toSorted().map(licenceOf);
      if (texts.length === 0) return;
      this.emitFile({
        type: 'asset',
        fileName: 'THIRD-PARTY-LICENSES.txt',
        source: `Parts of these packages are in this one.\n\n${texts.join('\n\n')}\n`,
      });
    },
  };
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = existsSync(folder) && readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no file with its licence; it cannot be bundled`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
}
