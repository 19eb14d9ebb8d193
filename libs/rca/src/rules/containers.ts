import type { ContainerFact, PodFact } from '../facts/fact.js';
import { quote } from '../facts/text.js';
import type { Sighting } from '../facts/sightings.js';
import type { Scene } from '../scene.js';
import { findingOf } from '../scene.js';
import { componentOf, found, fromSightings, type Draft, type Rule } from './rule.js';

const isNow = (pod: PodFact): boolean => pod.ready !== true;

const killedForMemory = ({ reason, lastReason, exitCode, lastExitCode, message, lastMessage }: ContainerFact): boolean =>
  /OOMKilled/.test(`${reason} ${lastReason} ${message} ${lastMessage}`) ||
  ((exitCode === 137 || lastExitCode === 137) && /OOM|out of memory/i.test(`${message} ${lastMessage}`));

const siblings = (pod: PodFact, scene: Scene): string => {
  const others = scene.facts.pods.filter(
    ({ name, workload, ready }) => name !== pod.name && workload === pod.workload && ready === true,
  );
  return others.length > 0
    ? ` Its ${others.length} sibling pod${others.length > 1 ? 's stay' : ' stays'} Ready on other memory use, so the node is not at fault.`
    : '';
};

const imageFine = (scene: Scene): string =>
  scene.seen('image_pull').some(({ ids }) => ids.length > 0) ? '' : ' There is no image pull problem.';

/** The kernel killed a container at its memory limit. */
export const oomKilled: Rule = (scene) => {
  const drafts: Draft[] = scene.facts.pods.flatMap((pod) => {
    const container = pod.containers.find(killedForMemory);
    if (container === undefined) return [];
    const limit = container.memoryLimit === '' ? '' : ` (limit ${container.memoryLimit})`;
    const also = scene
      .seen('oom_killed', 'low_memory')
      .filter(({ subject }) => subject === pod.name || componentOf(subject, scene) === pod.workload);
    const logged = also.find(({ sources }) => sources.includes('log'));
    return [
      {
        rule: 'oom-killed',
        category: 'resource_exhaustion',
        faultType: 'oom_killed',
        component: pod.workload,
        cause:
          `Container ${container.name || pod.workload} of pod ${pod.name} is OOMKilled (out of memory, exit code 137): it exceeds its memory limit${limit} and restarts` +
          `${pod.restarts > 0 ? `, ${pod.restarts} times so far` : ''}.${logged === undefined ? '' : ` Its log says: “${quote(logged.text, 180)}”.`}` +
          `${siblings(pod, scene)}${imageFine(scene)}`,
        base: isNow(pod) ? 0.9 : 0.6,
        support: [
          found(
            'container_terminated',
            pod.name,
            `container ${container.name} ended with OOMKilled, exit code ${container.lastExitCode ?? container.exitCode ?? 137}`,
            pod.ids,
          ),
          ...also.map(findingOf),
        ],
        refute: pod.ready === true ? [found('pod_ready', pod.name, `pod ${pod.name} is Ready now`, pod.ids)] : [],
        wouldRefute: [
          'a container that ended with another reason than OOMKilled',
          'memory use far below its limit at the time of the kill',
        ],
        explains: [
          'crash_loop',
          'rollout_stuck',
          'probe_failure',
          'dependency_unreachable',
          'low_memory',
          'anomaly',
          'code_exception',
          'no_endpoints',
        ],
        relevance: scene.relevance(pod.name, pod.namespace),
      },
    ];
  });
  const covered = new Set(drafts.map(({ component }) => component));
  const told = scene.seen('oom_killed').filter(({ subject }) => !covered.has(componentOf(subject, scene)));
  return [
    ...drafts,
    ...fromSightings(scene, told, {
      rule: 'oom-killed',
      category: 'resource_exhaustion',
      faultType: 'oom_killed',
      base: 0.78,
      wouldRefute: ['a container that ended with another reason than OOMKilled'],
      explains: ['crash_loop', 'rollout_stuck', 'probe_failure', 'low_memory', 'anomaly', 'code_exception'],
      cause: (first) =>
        `${first.subject || 'A process'} ran out of memory and was killed (OOM, exit code 137): “${quote(first.text, 200)}”.`,
    }),
  ];
};

/** A container never starts: its command does not exist or cannot run. */
export const startError: Rule = (scene) =>
  fromSightings(scene, scene.seen('start_error'), {
    rule: 'start-error',
    category: 'configuration_error',
    faultType: 'container_start_error',
    base: 0.88,
    wouldRefute: ['the same image and command starting elsewhere'],
    explains: ['crash_loop', 'rollout_stuck', 'no_endpoints', 'config_invalid'],
    cause: (first, all) => {
      const command = /exec: "?([\w./-]+)"?/.exec(all.map(({ text }) => text).join(' '))?.[1];
      const blame =
        command === undefined
          ? 'its command cannot run'
          : `its command \`${command}\` is not found in the image, probably a typo or a missing binary`;
      return `${first.subject || 'The container'} cannot start (CrashLoopBackOff): ${blame}. The runtime says: “${quote(first.text, 220)}”.`;
    },
  });

/** A container keeps ending and nothing says why: the honest part of a CrashLoopBackOff. */
export const crashLoop: Rule = (scene) =>
  scene.facts.pods.flatMap((pod): Draft[] => {
    const container = pod.containers.find(
      ({ reason, restarts, ready, lastExitCode, exitCode }) =>
        /CrashLoop/.test(reason) || (ready === false && restarts >= 3 && (lastExitCode ?? exitCode ?? 0) !== 0),
    );
    if (!isNow(pod) || (container === undefined && !/CrashLoop|^Error$/.test(pod.status))) return [];
    const code = container?.lastExitCode ?? container?.exitCode;
    const clean = code === 0;
    const logs = scene.facts.lines
      .filter(({ source, subject, id }) => source === 'log' && id !== '' && componentOf(subject, scene) === pod.workload)
      .at(-1);
    return [
      {
        rule: 'crash-loop',
        category: clean ? 'configuration_error' : 'code_defect',
        faultType: 'crash_loop',
        component: pod.workload,
        cause:
          `Pod ${pod.name} is in CrashLoopBackOff: container ${container?.name ?? pod.workload} ends with exit code ${code ?? 'unknown'}` +
          `${clean ? ' (its process finishes at once, which a Deployment does not expect)' : ''} after each start, ${pod.restarts} restarts.` +
          `${logs === undefined ? '' : ` Last words: “${quote(logs.text, 160)}”.`}`,
        base: clean ? 0.5 : 0.42,
        support: [found('container_waiting', pod.name, `${pod.restarts} restarts, last exit code ${code ?? 'unknown'}`, pod.ids)],
        refute: [],
        wouldRefute: ['a log of the previous container that names another cause', 'the pod Ready for longer than its back-off'],
        explains: ['rollout_stuck', 'no_endpoints'],
        relevance: scene.relevance(pod.name, pod.namespace),
      },
    ];
  });

const IMAGE = /image "?([\w./:@-]+?)"?(?=[\s:,"]|$)/;

const imageOf = (sightings: readonly Sighting[], scene: Scene, component: string): string => {
  const named = sightings.map(({ about }) => about.replace(/["…:]+$/, '')).find((about) => /[:/]/.test(about));
  const said = sightings.map(({ text }) => IMAGE.exec(text)?.[1]).find((image) => image !== undefined && /[:/]/.test(image));
  const pod = scene.facts.pods.find(
    ({ workload, containers }) => workload === component && containers.some(({ image }) => image !== ''),
  );
  const listed = scene.facts.lines
    .map(({ text }) => /\bimage:? "?([\w./-]+:[\w.-]+)/i.exec(text)?.[1])
    .find((image) => image !== undefined);
  return named ?? said ?? pod?.containers.find(({ state }) => state !== 'running')?.image ?? listed ?? '';
};

/** The image cannot be pulled: it does not exist, or the node may not have it. */
export const imagePull: Rule = (scene) => {
  const rows = scene.facts.pods.filter(({ status, ready }) => ready !== true && /ImagePull|ErrImage|InvalidImage/.test(status));
  const listed: Sighting[] = rows.map(({ name, status, ids }) => ({
    pattern: 'image_pull',
    subject: name,
    text: `pod ${name} is in ${status}`,
    about: '',
    count: 1,
    ids,
    sources: ['status'],
    at: undefined,
    past: false,
  }));
  const denied = scene.seen('image_denied').length > 0;
  return fromSightings(scene, [...scene.seen('image_pull'), ...listed], {
    rule: 'image-pull',
    category: 'configuration_error',
    faultType: 'image_pull_backoff',
    base: 0.92,
    wouldRefute: ['the image pulling on another node', 'a registry outage that hits other images too'],
    explains: [
      'crash_loop',
      'rollout_stuck',
      'dependency_unreachable',
      'no_endpoints',
      'forbidden',
      'dns_failure',
      'credentials_rejected',
      'config_invalid',
      'unschedulable',
    ],
    cause: (first, all, { facts }) => {
      const component = componentOf(first.subject, scene);
      const image = imageOf(all, scene, component);
      const why = denied
        ? 'the registry denies access: credentials or imagePullSecrets are wrong or missing'
        : 'the registry does not have that image or tag (manifest not found), or its name is wrong';
      const running = facts.pods.some(({ workload, ready }) => workload === component && ready === true);
      const text = all.find(({ text: said }) => /manifest|not found|denied|resolve/i.test(said))?.text ?? first.text;
      const change = facts.changes.find(({ added }) => added.some((entry) => image !== '' && entry.includes(image)));
      return (
        `${component}: pods cannot pull image ${image || '(unnamed)'} and stay in ImagePullBackOff; ${why}. “${quote(text, 200)}”` +
        `${change === undefined ? '' : ` The change to ${change.object} introduced it.`}${running ? ' Pods of the old ReplicaSet still run. It is not an OOM or a crash.' : ''}`
      );
    },
  });
};
