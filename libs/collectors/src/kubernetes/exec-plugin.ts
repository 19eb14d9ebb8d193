import type { User } from '@kubernetes/client-node';
import { execFile } from 'node:child_process';
import { z } from 'zod';

/** One that takes longer is ended. More than a session waits for evidence: what comes late serves the next one. */
const PLUGIN_MS = 15_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** Of a credential that names no end of its own. */
const KEPT_MS = 60_000;

/** `exec` of a user in a kubeconfig. */
const Plugin = z.object({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
});
type Plugin = z.infer<typeof Plugin>;

const Credential = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
  }),
});
type Credential = z.infer<typeof Credential>['status'];

interface RequestOptions {
  headers?: unknown;
  cert?: unknown;
  key?: unknown;
}

/**
 * Runs the program that a kubeconfig names for getting credentials. Kubernetes' client would start one for every request and wait
 * for it without end; here all requests wait for the same one, it is ended when it hangs, and it is told that nobody is there to type.
 */
export class ExecPlugin {
  private running: Promise<Credential> | undefined;
  private last: { readonly credential: Credential; readonly untilMs: number } | undefined;

  constructor(private readonly limitMs = PLUGIN_MS) {}

  isAuthProvider({ authProvider }: User): boolean {
    return (authProvider as { exec?: unknown } | undefined)?.exec !== undefined;
  }

  /** What Kubernetes' client runs itself when it finds it: moved to where it leaves it to us. */
  static taken(user: User): User {
    return user.exec ? { ...user, exec: undefined, authProvider: { exec: user.exec as unknown } } : user;
  }

  async applyAuthentication({ authProvider }: User, options: RequestOptions): Promise<void> {
    const { token, clientCertificateData, clientKeyData } = await this.credential(
      Plugin.parse((authProvider as { exec?: unknown }).exec),
    );
    if (clientCertificateData !== undefined) options.cert = clientCertificateData;
    if (clientKeyData !== undefined) options.key = clientKeyData;
    if (token !== undefined) options.headers = { ...(options.headers as object), Authorization: `Bearer ${token}` };
  }

  private credential(plugin: Plugin): Promise<Credential> {
    if (this.last && this.last.untilMs > Date.now()) return Promise.resolve(this.last.credential);
    return (this.running ??= this.ask(plugin).finally(() => (this.running = undefined)));
  }

  private async ask(plugin: Plugin): Promise<Credential> {
    const status = statusIn(await outputOf(plugin, this.limitMs));
    if (!status) throw new Error(`the credential plugin ${plugin.command} printed no credential`); // Never what it printed.
    const untilMs = status.expirationTimestamp === undefined ? Date.now() + KEPT_MS : Date.parse(status.expirationTimestamp);
    this.last = { credential: status, untilMs };
    return status;
  }
}

const statusIn = (output: string): Credential | undefined => {
  try {
    return Credential.parse(JSON.parse(output)).status;
  } catch {
    return undefined;
  }
};

const outputOf = ({ apiVersion, command, args, env }: Plugin, limitMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
    const given = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const child = execFile(
      command,
      args ?? [],
      {
        env: { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify(info), ...given },
        timeout: limitMs,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const why = error.killed ? 'did not end in time' : stderr.trim() || String(error.code);
        reject(new Error(`the credential plugin ${command} failed: ${why}`));
      },
    );
    child.stdin?.on('error', () => undefined).end();
  });
