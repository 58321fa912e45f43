// Runs on any Node since 14, so that an old one gets a clear message instead of a syntax error.
// `npm ci` installs Node 24 as the devDependency `node`, and npm puts it first on the PATH of its scripts.
// Where install scripts are blocked that binary is missing, and the machine's own Node runs instead.

const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < wanted) {
  process.stderr.write(
    [
      `Node ${wanted} is needed to work on this project; this is Node ${process.versions.node} (${process.execPath}).`,
      'npm scripts normally run on the Node that `npm ci` installs into node_modules/node.',
      'It is not there, probably because install scripts are switched off. Do one of these:',
      '  npm rebuild node --ignore-scripts=false   fetch it now (npm 12: npm approve-scripts node, then npm ci)',
      `  use Node ${wanted} or newer yourself, for example with nvm, fnm or volta`,
      'Run scripts through npm (`npm test`, `npm run demo`), not by calling node directly.',
      '',
    ].join('\n'),
  );
  // For the test command, whose last line always counts.
  if (process.argv.includes('--count')) process.stdout.write('0 passed, 1 failed\n');
  process.exit(1);
}
