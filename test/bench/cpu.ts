import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: the unit of the times in /proc, 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  readonly seconds: number;
  /** Of its children that have ended. */
  readonly reapedSeconds: number;
}

/** See proc_pid_stat(5); the name in parentheses may hold anything. */
const statOf = (pid: number | string): Stat | undefined => {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // It has ended.
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const at = (index: number): number => fields[index] ?? 0;
  return {
    parent: at(1),
    seconds: (at(11) + at(12)) / TICKS_PER_SECOND,
    reapedSeconds: (at(13) + at(14)) / TICKS_PER_SECOND,
  };
};

/** Processor time that the processes have used so far; of those in `trees` with their children, also the ones that have ended. */
export const cpuSeconds = ({ pids = [], trees = [] }: { pids?: readonly number[]; trees?: readonly number[] }): number => {
  let total = 0;
  for (const pid of pids) total += statOf(pid)?.seconds ?? 0;
  for (const pid of trees) {
    const stat = statOf(pid);
    total += (stat?.seconds ?? 0) + (stat?.reapedSeconds ?? 0);
  }
  if (trees.length === 0) return total;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat && trees.includes(stat.parent)) total += stat.seconds;
  }
  return total;
};

/** Resident memory in megabytes. */
export const residentMb = (pid: number): number => {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? 0) / 1_024;
};
