import type { CliErrorCode } from './errors.ts';

const code: CliErrorCode = 'NODE_TOO_OLD';

/**
 * What to say on a Node that is older than `engines` of package.json has it; undefined where it is not. It is asked before the rest
 * is loaded, which such a Node could not even load: so the sentences of `cliErrors` are repeated here, and a test compares them.
 *
 * @param version as in `process.versions.node`
 */
export function nodeTrouble(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return undefined;
  return `error ${code}: Node 22.19 or newer is needed. Install a newer Node, from https://nodejs.org or with nvm, fnm or volta. (This is Node ${version}.)`;
}
