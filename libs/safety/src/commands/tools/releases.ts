import type { CommandFact } from '../command-fact.js';
import { chartValueMarks } from '../../manifests/chart-values.js';
import { has, readOptions, says } from '../options.js';
import { isWorldWritable } from './files.js';
import type { ToolReader } from './tool.js';

const HELM_VALUED = new Set([
  'n',
  'namespace',
  'kube-context',
  'kubeconfig',
  'f',
  'values',
  'set',
  'set-string',
  'version',
  'timeout',
  'o',
  'output',
  'revision',
  'description',
  'kube-token',
  'kube-apiserver',
  'max',
  'offset',
  'filter',
  'history-max',
  'repo',
  'selector',
  'l',
  'time-format',
  'color',
]);

export const helm: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, HELM_VALUED);
  const [verb = '', second = '', ...rest] = operands;
  const namespace = flags.get('n') ?? flags.get('namespace');
  const grouped = /^(repo|plugin|dependency|dep|registry|get|show|inspect|search|diff|completion)$/.test(verb);
  const full = grouped ? `${verb} ${second}`.trim() : verb;
  const dryRun = says(words, HELM_VALUED, 'dry-run');
  const foreign =
    isWorldWritable(flags.get('kubeconfig') ?? '') ||
    has(flags, 'kube-insecure-skip-tls-verify') ||
    /^http:/i.test(flags.get('kube-apiserver') ?? '');
  const effect: CommandFact['effect'] = foreign
    ? /^(uninstall|delete|del|un)$/.test(verb)
      ? 'destroy'
      : 'change'
    : dryRun
      ? 'read'
      : /^(uninstall|delete|del|un)$/.test(verb)
        ? 'destroy'
        : verb === 'rollback'
          ? has(flags, 'force', 'recreate-pods', 'no-hooks')
            ? 'change' // It would delete and create anew what cannot be patched.
            : 'remedy'
          : /^(template|lint)$/.test(verb) && has(flags, 'force', 'post-renderer', 'output-dir', 'validate')
            ? 'change'
            : /^(list|ls|status|get|history|hist|show|inspect|search|version|env|template|lint|diff|verify|completion|help|test)$/.test(
                  verb,
                ) ||
                /^(repo list|plugin list|dependency list|dep list)$/.test(full) ||
                verb === '' ||
                says(words, HELM_VALUED, 'help', 'h')
              ? 'read'
              : 'change';
  return {
    verb: full,
    effect,
    kinds: ['release'],
    targets: grouped ? rest : second ? [second] : [],
    flags,
    dryRun,
    force: has(flags, 'force', 'no-hooks'),
    marks: /^(install|upgrade)$/.test(verb) ? chartValueMarks(words.map(({ text }) => text)) : [],
    ...(namespace === undefined ? {} : { namespace }),
  };
};

export const iac: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, new Set(['stack', 's', 'C', 'cwd']));
  const [verb = '', second = ''] = operands;
  const full = /^(state|workspace|stack|config|providers|run-all|module|metadata)$/.test(verb) ? `${verb} ${second}` : verb;
  const destroys =
    verb === 'destroy' ||
    (has(flags, 'destroy') && verb === 'apply') ||
    /^(state rm|workspace delete|run-all destroy|stack rm|force-unlock)$/.test(full);
  const target = readOptions(words, new Set(['target', 'var', 'out', 'var-file', 'state', 'replace'])).operands.slice(1);
  const reads =
    /^(plan|show|output|validate|version|fmt|graph|providers|init|console|get|test|metadata|preview|about|logs|help|state list|state show|state pull|workspace list|workspace show|workspace select|stack ls|stack output|login|modules|-install-autocomplete)/.test(
      full,
    ) ||
    full === '' ||
    verb === 'plan';
  const writes =
    (verb === 'fmt' && !has(flags, 'check') && flags.get('write') !== 'false') ||
    has(flags, 'plugin-dir', 'from-module') ||
    verb === 'login';
  return {
    verb: full,
    effect: destroys ? 'destroy' : reads && !writes ? 'read' : 'change',
    kinds: ['infrastructure'],
    targets: target,
    flags,
    scopeAll: destroys && target.length === 0,
    force: has(flags, 'auto-approve', 'yes', 'y'),
  };
};
