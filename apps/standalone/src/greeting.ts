import { duration, type Style, type Terminal } from '@inquest/cli';
import type { Platform } from './platform.js';

/** What a person reads while the standalone app starts, serves and stops. Silent when asked to be quiet. */
export class Greeting {
  private readonly style: Style;

  constructor(
    private readonly terminal: Terminal,
    private readonly quiet: boolean,
  ) {
    this.style = terminal.style;
  }

  hello(): void {
    const { bold, dim } = this.style.colour;
    this.say('', `  ${bold('Inquest')}  ${dim('five roles debate an incident, and all of it is on record')}`, '');
  }

  /** A step that is not a matter of milliseconds. */
  progress(step: string): void {
    this.say(this.style.colour.dim(`    ${step}`));
  }

  servers({ redis, postgres }: Platform, ms: number): void {
    this.done('Redis', redis.how);
    this.done('PostgreSQL', postgres.how, ms);
  }

  services(ms: number, { AIOPS_LLM_PROVIDER, ANTHROPIC_API_KEY }: NodeJS.ProcessEnv): void {
    const model = Boolean(ANTHROPIC_API_KEY) && AIOPS_LLM_PROVIDER !== 'none';
    this.done('Roles', model ? 'rules and Claude' : 'rules alone (set ANTHROPIC_API_KEY to hear Claude)', ms);
  }

  door(url: string, port: number, wanted: number): void {
    const moved = wanted !== 0 && port !== wanted ? ` (port ${wanted} is taken)` : '';
    this.done('Gateway', `${url}${moved}, API at ${url}/docs`);
  }

  serving(url: string, tokenFile: string): void {
    const { dim, bold } = this.style.colour;
    const place = (label: string, value: string): string => `  ${dim(label.padEnd(8))}${value}`;
    this.say(
      place('Yours', 'npx inquest debate <file> --watch'),
      place('API', `${url}/docs, admin token in ${tokenFile}`),
      '',
      `  ${bold('Serving.')} ${dim('Ctrl-C stops everything.')}`,
    );
  }

  stopping(): void {
    this.say('', this.style.colour.dim('  Stopping: turns under way finish, then the servers …'));
  }

  stopped(ms: number): void {
    this.say(this.style.colour.dim(`  Stopped in ${duration(ms)}.`));
  }

  private done(what: string, how: string, ms?: number): void {
    const { green, dim } = this.style.colour;
    this.say(`  ${green(this.style.glyph.yes)} ${what.padEnd(11)}${dim(how)}${ms === undefined ? '' : dim(`  ${duration(ms)}`)}`);
  }

  private say(...lines: string[]): void {
    if (!this.quiet) for (const line of lines) this.terminal.out(line);
  }
}
