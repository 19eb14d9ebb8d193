import type { Outcome, Role } from '@inquest/contracts';
import pc from 'picocolors';

type Paint = (text: string) => string;
type Palette = ReturnType<typeof pc.createColors>;

/** The few signs that a timeline is drawn with. */
interface Glyphs {
  readonly opens: string;
  readonly speaks: string;
  readonly decides: string;
  readonly rail: string;
  readonly dot: string;
  readonly yes: string;
  readonly no: string;
}

const UNICODE: Glyphs = { opens: '○', speaks: '●', decides: '◆', rail: '│', dot: '·', yes: '✓', no: '✗' };
const ASCII: Glyphs = { opens: 'o', speaks: '*', decides: '#', rail: '|', dot: '-', yes: 'ok', no: 'no' };

/** How output looks: decided once, from where it goes. */
export interface Style {
  /** Columns of a line, 60–110: longer lines are hard to read, shorter ones hard to fill. */
  readonly width: number;
  readonly colour: Palette;
  readonly glyph: Glyphs;
  /** True on a terminal that takes cursor movements: a waiting line may then be rewritten in place. */
  readonly live: boolean;
}

interface Destination {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colours and drawn lines on a terminal only; `NO_COLOR` (any value but the empty one) and `TERM=dumb` are respected. */
export const styleFor = ({ isTTY = false, columns = 100 }: Destination, environment: NodeJS.ProcessEnv = process.env): Style => {
  const capable = isTTY && environment.TERM !== 'dumb';
  return {
    width: Math.min(110, Math.max(60, columns)),
    colour: pc.createColors(capable && !environment.NO_COLOR),
    glyph: capable && environment.TERM !== 'linux' ? UNICODE : ASCII,
    live: capable,
  };
};

/** The colour that a role keeps through the whole output. */
export const roleColour = ({ colour }: Style, role: Role): Paint => {
  const colours: Record<Role, Paint> = {
    gateway: colour.dim,
    diagnostician: colour.cyan,
    solver: colour.green,
    reviewer: colour.yellow,
    critic: colour.magenta,
    coordinator: colour.blue,
    single: colour.blue,
    recorder: colour.dim,
  };
  return colours[role];
};

export const outcomeColour = ({ colour }: Style, outcome: Outcome): Paint => {
  const colours: Record<Outcome, Paint> = {
    reject: colour.red,
    escalate: colour.yellow,
    'human-approval': colour.yellow,
    'no-action': colour.green,
    'auto-execute': colour.green,
  };
  return (text) => colour.bold(colours[outcome](text));
};
