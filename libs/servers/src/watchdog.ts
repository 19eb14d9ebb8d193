import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Waits until its standard input closes, which the kernel does for us however we end, then stops the server and, if it was only
 * temporary, removes its directory. A pipe rather than PR_SET_PDEATHSIG: it also works where there is no setpriv(1), such as macOS,
 * and survives the change of user that PostgreSQL needs under root.
 */
const script = `
read -r _
kill -s "$2" "$1" 2>/dev/null
waited=0
while [ "$waited" -lt 100 ] && kill -0 "$1" 2>/dev/null; do
  waited=$((waited + 1))
  sleep 0.1
done
kill -s KILL "$1" 2>/dev/null
[ -n "$3" ] && rm -rf -- "$3"
exit 0
`;

export interface Watch {
  stopSignal: NodeJS.Signals;
  temporaryDir?: string;
}

/** Makes sure that the server ends with this process. The watchdog itself ends with the server. */
export const watchOver = (server: ChildProcess, { stopSignal, temporaryDir = '' }: Watch): void => {
  const args = ['-c', script, 'inquest-watchdog', String(server.pid), stopSignal.replace(/^SIG/, ''), temporaryDir];
  const watchdog = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  watchdog.unref();
  const lifeline = watchdog.stdin;
  if (lifeline instanceof Socket) lifeline.unref();
  lifeline.on('error', () => server.kill(stopSignal)); // Nobody watches any more: better no server than one that stays for ever.
  server.once('exit', () => watchdog.kill('SIGKILL'));
};
