import type { CommandFact } from '../command-fact.js';
import { has, readOptions, says, spelledOut } from '../options.js';
import { own } from '../../own.js';
import { isSystemPath } from './files.js';
import type { ToolReader } from './tool.js';

/** Settings that only change how git looks or who signs; others name programs that git runs. */
const LOOKS =
  /^(color\.|user\.(name|email)$|core\.(quotepath|abbrev|autocrlf)$|log\.|diff\.(renames|context)$|advice\.|init\.defaultbranch$|push\.default$|pull\.rebase$)/i;

const effectOfConfig = (words: readonly string[], flags: ReadonlyMap<string, string>): CommandFact['effect'] => {
  if (has(flags, 'unset', 'unset-all', 'remove-section', 'rename-section', 'e', 'edit', 'replace-all', 'add')) return 'change';
  if (has(flags, 'get', 'get-all', 'get-regexp', 'get-urlmatch', 'get-color', 'list', 'l') || /^(get|list)$/.test(words[0] ?? ''))
    return 'read';
  const [name = '', ...value] = words[0] === 'set' ? words.slice(1) : words;
  if (/^(unset|edit|rename-section|remove-section)$/.test(name)) return 'change';
  return value.length === 0 ? 'read' : LOOKS.test(name) ? 'remedy' : 'change';
};

const VALUED = new Set('C c git-dir work-tree namespace m message o push-option unified U conflict'.split(' '));
/** Options that make a verb dangerous; git takes their beginnings too. */
const DANGERS =
  'force force-with-lease mirror delete prune hard merge discard-changes no-dry-run output ours theirs unset unset-all remove-section rename-section edit replace-all add'.split(
    ' ',
  );

export const git: ToolReader = (given) => {
  const words = spelledOut(given, DANGERS);
  const { flags: globals, operands: all } = readOptions(words, VALUED);
  const [verb = '', ...rest] = all;
  if (says(words, VALUED, 'help', 'version')) return { verb, effect: 'read' };
  const written = [
    globals.get('output') ?? (verb === 'format-patch' ? globals.get('o') : undefined),
    ...(/^(clone|init|worktree)$/.test(verb) ? rest : []),
  ].filter((path) => path !== undefined && isSystemPath(path));
  if (written.length > 0) return { verb, effect: 'change', kinds: ['system-file'], targets: rest };
  const hard = has(globals, 'hard', 'merge');
  if (verb === 'push') {
    const forced =
      (has(globals, 'force', 'f') && !globals.has('force-with-lease')) ||
      has(globals, 'force-with-lease-if-includes', 'mirror') ||
      rest.some((word) => word.startsWith('+'));
    const removing = has(globals, 'delete', 'd') || rest.slice(1).some((word) => word.startsWith(':'));
    const dry = has(globals, 'dry-run', 'n') && !has(globals, 'no-dry-run');
    return {
      verb,
      effect: dry ? 'read' : forced || removing ? 'destroy' : has(globals, 'prune', 'force-with-lease') ? 'change' : 'remedy',
      kinds: ['branch'],
      targets: rest,
      force: forced,
      marks: [...(forced ? ['rewrites-remote'] : []), ...(removing ? ['deletes-remote-branch'] : [])],
      flags: globals,
    };
  }
  const local: Record<string, CommandFact['effect']> = {
    reset: hard ? 'destroy' : 'change',
    clean: has(globals, 'n', 'dry-run') ? 'read' : has(globals, 'f', 'force') ? 'destroy' : 'change',
    'filter-branch': 'destroy',
    'filter-repo': 'destroy',
    gc: 'change',
    prune: has(globals, 'n', 'dry-run') ? 'read' : 'change',
    reflog: rest[0] === 'expire' || rest[0] === 'delete' ? 'destroy' : 'read',
    'update-ref': has(globals, 'd') ? 'destroy' : 'change',
    rerere: /^(status|diff|remaining)$/.test(rest[0] ?? '') ? 'read' : 'change',
    restore: 'remedy',
  };
  // What throws local changes away, or a branch, a tag, a tree of files.
  const discards =
    (verb === 'switch' && has(globals, 'discard-changes', 'force', 'f', 'C')) ||
    (verb === 'checkout' && (rest.length > 1 || has(globals, 'B', 'ours', 'theirs')) && !has(globals, 'b', 't', 'track')) ||
    (verb === 'tag' && has(globals, 'd', 'delete', 'f', 'force')) ||
    (verb === 'branch' && has(globals, 'f', 'force')) ||
    (verb === 'worktree' && rest[0] === 'remove') ||
    (verb === 'rm' && !has(globals, 'cached', 'n', 'dry-run')) ||
    (verb === 'restore' && !(has(globals, 'staged', 'S') && !has(globals, 'worktree', 'W')));
  if (discards) return { verb, effect: 'destroy', kinds: ['worktree'], targets: rest, flags: globals, marks: ['discards-work'] };
  if (verb === 'branch')
    return {
      verb,
      effect: has(globals, 'D') || (has(globals, 'd', 'delete') && has(globals, 'f', 'force')) ? 'destroy' : 'read',
      kinds: ['branch'],
      targets: rest,
      marks: has(globals, 'D') ? ['deletes-branch'] : [],
    };
  if (verb === 'stash')
    return {
      verb,
      effect: /^(drop|clear)$/.test(rest[0] ?? '') ? 'destroy' : 'remedy',
      kinds: ['stash'],
      marks: /^(drop|clear)$/.test(rest[0] ?? '') ? ['discards-work'] : [],
    };
  if (verb === 'checkout')
    return {
      verb,
      effect:
        rest.some((word) => word === '.' || word === '*') || words.some(({ text }) => text === '--') || has(globals, 'f', 'force')
          ? 'destroy'
          : 'remedy',
      kinds: ['worktree'],
      marks: words.some(({ text }) => text === '--') || rest.includes('.') || has(globals, 'f', 'force') ? ['discards-work'] : [],
    };
  const effect =
    own(local, verb) ??
    (verb === 'config' ? effectOfConfig(rest, globals) : undefined) ??
    (/^(status|log|diff|show|blame|annotate|branch|rev-parse|describe|ls-files|ls-tree|ls-remote|cat-file|remote|help|grep|shortlog|tag|version|whatchanged|name-rev|rev-list|for-each-ref|cherry|count-objects|fsck|var|check-ignore|check-attr|check-mailmap|check-ref-format|diff-files|diff-index|diff-tree|diff-pairs|range-diff|merge-base|merge-tree|show-ref|show-branch|verify-commit|verify-pack|verify-tag|get-tar-commit-id|patch-id|stripspace|column|request-pull)$/.test(
      verb,
    )
      ? 'read'
      : /^(add|commit|fetch|pull|clone|switch|merge|rebase|cherry-pick|revert|init|mv|worktree|submodule|bisect|notes|apply|am|format-patch|archive|sparse-checkout)$/.test(
            verb,
          )
        ? 'remedy'
        : verb === ''
          ? 'read'
          : 'unknown');
  return {
    verb,
    effect,
    kinds: ['worktree'],
    targets: rest,
    flags: globals,
    marks: effect === 'destroy' ? ['discards-work'] : [],
  };
};
