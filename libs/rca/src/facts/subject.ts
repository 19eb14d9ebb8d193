import type { Material } from './material.js';

const GENERATED = /\b[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?-[a-z0-9]{5,10}-[a-z0-9]{5}\b/;
const KIND =
  /^(?:po|pods?|deploy(?:ments?)?|sts|statefulsets?|ds|daemonsets?|rs|replicasets?|jobs?|cronjobs?|no|nodes?|svc|services?|ing|ingress(?:es)?|pvc|persistentvolumeclaims?|hpa|horizontalpodautoscalers?)$/i;
const AFTER_KIND =
  /\b(?:pods?|deployments?|statefulsets?|daemonsets?|jobs?|nodes?|services?)[ /]([a-z0-9](?:[a-z0-9.]{0,80})[-\d][a-z0-9.-]{0,80})/i;
const NAME = /^[a-z0-9][a-z0-9.-]{0,120}$/;
const KUBECTL = /(?:^|[\s;|&(])(?:kubectl|oc|kube-lineage)\s+([^|;&]{1,400})/;
/** Flags of kubectl that take the word after them. */
const TAKES_VALUE =
  /^(?:-n|--namespace|-l|--selector|-c|--container|-o|--output|--tail|--since|--context|--field-selector|--sort-by)$/;
const UNIT = /\bjournalctl\b[^|;&]{0,120}?\s(?:-u|--unit)[ =]([\w@.-]{2,80}?)(?:\.service)?(?=\s|$)/;
const DOCKER = /\b(?:docker|podman|crictl|nerdctl) (?:logs|inspect) (?:-\S+ ){0,4}([\w.-]{2,80})/;
/** The equal matchers of a PromQL or LogQL selector, most particular first. */
const MATCHERS = ['pod', 'container', 'app', 'service', 'service_name', 'deployment', 'statefulset', 'workload'];
const MATCHER =
  /[{,\s(](pod|container|app|service|service_name|deployment|statefulset|workload)\s{0,2}=\s{0,2}"([a-z0-9][\w.-]{1,120})"/g;

const wordsOf = (command: string): string[] => {
  const words: string[] = [];
  let isValue = false;
  for (const word of command.trim().split(/\s+/)) {
    if (!isValue && !word.startsWith('-')) words.push(word);
    isValue = !isValue && TAKES_VALUE.test(word);
  }
  return words;
};

/** `logs web-0`, `describe pod web-0`, `get events --for pod/web-0`: the one object that kubectl was asked about. */
const ofKubectl = (command: string): string => {
  const named = /--for[ =]\S{1,40}\/([a-z0-9][a-z0-9.-]{0,120})/.exec(command)?.[1];
  if (named !== undefined) return named;
  const [verb = '', ...rest] = wordsOf(command);
  const [first = '', second = ''] = verb === 'rollout' || verb === 'top' ? rest.slice(verb === 'rollout' ? 1 : 0) : rest;
  const [kind, name] = first.includes('/') ? first.split('/') : KIND.test(first) ? [first, second] : ['', ''];
  if (kind) return /^(?:ns|namespaces?|events?)$/i.test(kind) || name === undefined || !NAME.test(name) ? '' : name;
  return /^(?:logs?|exec)$/.test(verb) && NAME.test(first) ? first : '';
};

const ofSelector = (query: string): string => {
  const found = new Map([...query.slice(0, 2_000).matchAll(MATCHER)].map(([, label = '', value = '']) => [label, value]));
  return MATCHERS.map((label) => found.get(label)).find((value) => value !== undefined) ?? '';
};

const mentions = (words: string, name: string): boolean => {
  for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name, at + 1)) {
    const [before = ' ', after = ' '] = [words[at - 1], words[at + name.length]];
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
};

/**
 * What an item is about: a known object or generated pod name in its title, or what its command was asked for. Only commands and
 * selectors whose grammar is known are read: the words of an SQL statement, a search or a URL name nothing that runs.
 */
export const subjectOf = ({ title, invocation, kind }: Material, known: readonly string[]): string => {
  const command = KUBECTL.exec(invocation)?.[1] ?? '';
  const asked =
    (command && ofKubectl(command)) || (UNIT.exec(invocation)?.[1] ?? DOCKER.exec(invocation)?.[1] ?? ofSelector(invocation));
  const words = `${title} ${asked}`;
  const object = known.find((name) => name.length > 3 && mentions(words, name));
  if (object !== undefined) return object;
  const generated = GENERATED.exec(words)?.[0];
  if (generated !== undefined) return generated;
  if (kind === 'k8s_event') return '';
  return asked || (AFTER_KIND.exec(title)?.[1] ?? '');
};
