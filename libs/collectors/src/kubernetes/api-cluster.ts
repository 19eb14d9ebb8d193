import type { Answer } from '../http/bounded-get.js';
import { failureOf, SourceFailure } from '../http/source-failure.js';
import { refusalOf } from '../http/source.js';
import type { Cluster, CustomObject, ListName, LogRequest } from './cluster.js';

/** Asks the API server, as whoever the process is there. */
export type AskApi = (path: string, options: { readonly signal: AbortSignal; readonly bytesMax: number }) => Promise<Answer>;

/** Objects of a list. Namespaces with more are rare; what is left out of theirs are the last by name. */
const OBJECTS_MAX = 500;
/** Of events, those that warn: of all that happens in a busy namespace the first few hundred by name would be any. */
const WARNINGS = `fieldSelector=${encodeURIComponent('type!=Normal')}`;
const LIST_BYTES_MAX = 8 * 1024 * 1024;
const OBJECT_BYTES_MAX = 1024 * 1024;
const LOG_LINES = 150;
const LOG_BYTES_MAX = 512 * 1024;

const PREFIX: Record<ListName, string> = {
  ...{ pods: 'api/v1', events: 'api/v1', replicasets: 'apis/apps/v1', horizontalpodautoscalers: 'apis/autoscaling/v2' },
  ...{ deployments: 'apis/apps/v1', statefulsets: 'apis/apps/v1', daemonsets: 'apis/apps/v1' },
};

/** The REST API of Kubernetes, of which GET alone is used. */
export class ApiCluster implements Cluster {
  constructor(private readonly askApi: AskApi) {}

  list(resource: ListName, namespace: string, signal: AbortSignal): Promise<unknown> {
    const query = `limit=${OBJECTS_MAX}${resource === 'events' ? `&${WARNINGS}` : ''}`;
    return this.json(`${within(PREFIX[resource], namespace)}/${resource}?${query}`, LIST_BYTES_MAX, signal);
  }

  node(name: string, signal: AbortSignal): Promise<unknown> {
    return this.json(`api/v1/nodes/${encodeURIComponent(name)}`, OBJECT_BYTES_MAX, signal);
  }

  custom({ group, version, plural, namespace, name }: CustomObject, signal: AbortSignal): Promise<unknown> {
    const path = `${within(`apis/${group}/${version}`, namespace)}/${plural}/${encodeURIComponent(name)}`;
    return this.json(path, OBJECT_BYTES_MAX, signal);
  }

  async log({ namespace, pod, container, previous }: LogRequest, signal: AbortSignal): Promise<string> {
    const query = new URLSearchParams({ container, previous: String(previous), tailLines: String(LOG_LINES) });
    query.set('timestamps', 'true');
    // The server cuts at the end, so it may send more than is kept.
    query.set('limitBytes', String(LOG_BYTES_MAX));
    const path = `${within('api/v1', namespace)}/pods/${encodeURIComponent(pod)}/log?${query.toString()}`;
    const { body } = await this.ask(path, 2 * LOG_BYTES_MAX, signal);
    const text = body.toString('utf8');
    return body.length < LOG_BYTES_MAX ? text : text.slice(0, text.lastIndexOf('\n') + 1);
  }

  private async json(path: string, bytesMax: number, signal: AbortSignal): Promise<unknown> {
    const { body } = await this.ask(path, bytesMax, signal);
    try {
      return JSON.parse(body.toString('utf8'));
    } catch {
      throw new SourceFailure('error', 'Its answer is not JSON.');
    }
  }

  private async ask(path: string, bytesMax: number, signal: AbortSignal): Promise<Answer> {
    try {
      const answer = await this.askApi(path, { signal, bytesMax });
      if (answer.status === 404) throw new SourceFailure('no-data', 'There is no such object, or no such kind of objects.');
      if (answer.status !== 200) throw refusalOf(answer);
      return answer;
    } catch (error) {
      throw failureOf(error, signal);
    }
  }
}

const within = (prefix: string, namespace: string): string => `${prefix}/namespaces/${encodeURIComponent(namespace)}`;
