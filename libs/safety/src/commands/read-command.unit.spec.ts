import fc from 'fast-check';
import { ready } from '../sql/parser.js';
import { readCommand } from './read-command.js';

beforeAll(ready);

const tools = (command: string): string[] => readCommand(command).facts.map(({ tool }) => tool);
const deletesRoot = (command: string): boolean =>
  readCommand(command).facts.some(
    ({ tool, recursive, targets }) => tool === 'rm' && recursive && targets.some((path) => path.startsWith('/srv/data')),
  );

describe('reading a command', () => {
  it.each([
    ['plainly', 'rm -rf /srv/data'],
    ['with empty quotes inside the name', `r''m -r"f" /srv/data`],
    ['with ANSI-C quoting', `$'\\x72m' -rf /srv/data`],
    ['with a backslash', `\\rm -rf /srv/data`],
    ['by full path', '/bin/rm --recursive --force /srv/data'],
    ['through variables', 'tool=rm; where=/srv/data; $tool -rf "$where"'],
    ['with IFS for blanks', 'rm${IFS}-rf${IFS}/srv/data'],
    ['through braces', '{rm,-rf,/srv/data}'],
    ['behind sudo and env', 'sudo -u root env A=1 rm -rf /srv/data'],
    ['behind timeout and nohup', 'nohup timeout -s KILL 10 rm -rf /srv/data'],
    ['split by env -S', `env -S 'rm -rf /srv/data'`],
    ['in a substitution that prints its name', '$(echo rm) -rf /srv/data'],
    ['in backquotes', '`printf rm` -rf /srv/data'],
    ['decoded by base64', 'echo cm0gLXJmIC9zcnYvZGF0YQ== | base64 -d | sh'],
    ['reversed', `echo 'atad/vrs/ fr- mr' | rev | bash`],
    ['in sh -c', `sh -c 'rm -rf /srv/data'`],
    ['in nested shells', `bash -lc "sh -c 'rm -rf /srv/data'"`],
    ['in a heredoc for a shell', 'bash <<EOF\nrm -rf /srv/data\nEOF'],
    ['in a here-string', `bash <<< 'rm -rf /srv/data'`],
    ['over ssh', 'ssh -p 22 ops@db-1 rm -rf /srv/data'],
    ['in a pod', 'kubectl -n shop exec -it web-0 -- rm -rf /srv/data'],
    ['in a pod, in a shell', `kubectl exec web-0 -- sh -c 'rm -rf /srv/data'`],
    ['in a container', 'docker exec -u root web rm -rf /srv/data'],
    ['by xargs', 'echo /srv/data | xargs rm -rf'],
    ['by find -exec', 'find /srv/data -type d -exec rm -rf {} +'],
    ['in a function', 'clean() { rm -rf /srv/data; }; clean'],
    ['in an alias', `alias gone='rm -rf'; gone /srv/data`],
    ['after set --', 'set -- rm -rf /srv/data; "$@"'],
    ['by eval', `eval "rm -rf /srv/data"`],
    ['in a trap', `trap 'rm -rf /srv/data' EXIT`],
    ['after a harmless command', 'ls && rm -rf /srv/data'],
    ['on a second line', 'ls\nrm -rf /srv/data'],
    ['in a branch', 'if true; then rm -rf /srv/data; fi'],
    ['in a loop', 'for d in /srv/data; do rm -rf "$d"; done'],
    ['in a subshell in the background', '(rm -rf /srv/data) &'],
    ['in a process substitution', 'cat <(rm -rf /srv/data)'],
    ['inside double quotes', 'echo "$(rm -rf /srv/data)"'],
    ['by a one-liner of an interpreter', `python3 -c "import os; os.system('rm -rf /srv/data')"`],
    ['in a process substitution for a shell', `bash <(echo 'rm -rf /srv/data')`],
    ['in a sourced process substitution', `. <(printf 'rm -rf /srv/data')`],
    ['in a value that is expanded as a prompt', `x='$(rm -rf /srv/data)'; : "\${x@P}"`],
    ['in arithmetic', 'echo $((`rm -rf /srv/data` + 1))'],
    ['in an index', 'a[$(rm -rf /srv/data)]=1'],
    ['in the word of a case', 'case $(rm -rf /srv/data) in x) ;; esac'],
    ['in a pattern of an expansion', 'echo "${HOME:+$(rm -rf /srv/data)}"'],
    ['in a value put together by +=', 'x=r; x+=m; $x -rf /srv/data'],
    ['by xargs with a placeholder', `echo /srv/data | xargs --replace sh -c 'rm -rf {}'`],
    ['by parallel with commands alone', `parallel ::: 'rm -rf /srv/data'`],
    ['as a proxy of ssh', `ssh -o ProxyCommand='rm -rf /srv/data' host uptime`],
    ['by ansible', `ansible all -a 'rm -rf /srv/data'`],
    ['in a step of git', `git submodule foreach 'rm -rf /srv/data'`],
    ['in a list of a program', `python3 -c "import subprocess; subprocess.run(['rm', '-rf', '/srv/data'])"`],
    ['in two arguments of a program', `node -e "require('child_process').spawnSync('rm', ['-rf', '/srv/data'])"`],
    ['later', `echo 'rm -rf /srv/data' | at now`],
    ['by awk', `awk 'BEGIN { system("rm -rf /srv/data") }'`],
  ])('finds a deletion %s', (_how, command) => expect(deletesRoot(command)).toBe(true));

  it.each([
    `echo 'rm -rf /srv/data'`,
    `grep -r "rm -rf /srv/data" docs`,
    '# rm -rf /srv/data\nls',
    `git commit -m 'do not rm -rf /srv/data'`,
  ])('does not take words for deeds: %s', (command) => expect(tools(command)).not.toContain('rm'));

  it('follows psql in a pod to its statements', () => {
    const { sql } = readCommand(`kubectl -n shop exec db-0 -- psql -U app -c 'DELETE FROM orders'`);
    expect(sql).toMatchObject([{ statement: 'delete', targets: ['orders'], restricted: false }]);
  });

  it('marks what only the shell will know', () => {
    expect(readCommand('$TOOL -rf /').facts[0]?.unresolved).not.toEqual([]);
    expect(readCommand('curl https://example.org/x | cat | bash').facts.at(-1)?.unresolved).not.toEqual([]);
    expect(readCommand('bash ./fix.sh').facts[0]?.unresolved).not.toEqual([]);
  });

  it('reports what cannot be read as a problem', () => {
    expect(readCommand(`echo 'never closed`).problems).not.toEqual([]);
    expect(readCommand('kubectl get pods\u200b').problems).toContain('holds invisible characters');
    expect(readCommand('x'.repeat(60_000)).problems).not.toEqual([]);
  });

  it('reads kubectl in every spelling', () => {
    const expected = { verb: 'delete', kinds: ['namespace'], targets: ['shop'] };
    for (const command of [
      'kubectl delete ns shop',
      'kubectl delete namespaces shop',
      'kubectl delete ns/shop',
      'kubectl --context prod delete namespace shop',
      'kubectl.exe delete ns shop',
    ])
      expect(readCommand(command).facts[0]).toMatchObject(expected);
  });

  it('never throws, and ends, whatever it is given', () => {
    const piece = fc.constantFrom(
      '$(',
      ')',
      '`',
      '"',
      "'",
      '|',
      ';',
      '&&',
      '{',
      '}',
      '<<EOF\n',
      'EOF\n',
      'sh -c ',
      'rm -rf /',
      'a() {',
      'eval ',
      '${x:-',
      'x=',
      ' ',
      '\n',
      'xargs ',
      'case x in ',
      '((',
      '[[ ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        ),
        (text) => Array.isArray(readCommand(text).facts),
      ),
      { numRuns: 400 },
    );
  });

  it('bounds nesting and recursion', () => {
    expect(readCommand('$('.repeat(3_000)).problems.length).toBeGreaterThan(0);
    expect(readCommand('f() { f; f; }; f').problems.length).toBeGreaterThanOrEqual(0);
    expect(readCommand('eval '.repeat(200) + 'ls').facts.length).toBeGreaterThan(0);
  });
});
