import type { Processes } from '@inquest/standalone';
import { z } from 'zod';
import type { History } from './history.js';

const Acted = z.object({ msg: z.literal('a decision was released'), sessionId: z.string() });

/**
 * For `onLine`: hears by the gateways' logs, which have to be at level info, whom they acted for. A line that comes while
 * one of them is down is not noted, because nobody could say which process wrote it.
 */
export const gatewayEar =
  (history: History, processes: () => Pick<Processes, 'pids' | 'urls'> | undefined) =>
  (name: string, line: string): void => {
    if (!name.startsWith('gateway.') || !line.startsWith('{')) return;
    const acted = Acted.safeParse(jsonOf(line));
    const running = processes();
    const pids = running?.pids().gateway ?? [];
    if (!acted.success || pids.length !== running?.urls('gateway').length) return;
    const pid = pids[Number(name.split('.')[1])];
    history.acted({ sessionId: acted.data.sessionId, process: `${name} (${pid})`, atMs: Date.now() });
  };

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No line of the log's.
  }
};
