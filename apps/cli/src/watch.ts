import type { Published, Role } from '@inquest/contracts';
import { fold, openTurns } from '@inquest/debate';
import type { GatewayClient } from './gateway-client.js';
import { duration } from './render/units.js';
import { Timeline } from './render/timeline.js';
import type { Terminal } from './terminal.js';

const REDRAW_MS = 120;

/** Shows a session message by message as it is committed, until its end; on a terminal also whom it waits for. */
export const watchSession = async (
  gateway: GatewayClient,
  sessionId: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Published[]> => {
  const timeline = new Timeline(terminal.style);
  const waiting = new WaitingLine(terminal);
  const messages: Published[] = [];
  try {
    waiting.show([]);
    for await (const published of gateway.events(sessionId, signal)) {
      messages.push(published);
      waiting.clear();
      for (const line of timeline.lines(published)) terminal.out(line);
      const session = fold(messages);
      waiting.show(session ? openTurns(session).map(({ role }) => role) : []);
    }
  } finally {
    waiting.clear();
  }
  return messages;
};

/** One line that says whose turn it is and for how long; nothing at all where lines cannot be rewritten. */
class WaitingLine {
  private timer: NodeJS.Timeout | undefined;
  private drawn = false;

  constructor(private readonly terminal: Terminal) {}

  show(roles: readonly Role[]): void {
    this.clear();
    if (!this.terminal.style.live) return;
    const since = performance.now();
    const whom = roles.length > 0 ? roles.join(' and ') : 'the record';
    this.timer = setInterval(() => {
      this.drawn = true;
      this.terminal.redraw(
        this.terminal.style.colour.dim(
          `          ${this.terminal.style.glyph.opens} waiting for ${whom}, ${duration(performance.now() - since)}`,
        ),
      );
    }, REDRAW_MS);
  }

  clear(): void {
    clearInterval(this.timer);
    if (this.drawn) this.terminal.redraw('');
    this.drawn = false;
  }
}
