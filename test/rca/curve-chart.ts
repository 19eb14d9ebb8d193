export interface CurvePoint {
  /** Both 0–1. */
  x: number;
  y: number;
  label: string;
}

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [640, 420, 64, 64, 24, 56];

/** A curve of shares against shares as SVG, in the manner of the bench's bars: readable on light and on dark pages. */
export const curveChart = (title: string, axes: { x: string; y: string }, points: readonly CurvePoint[]): string => {
  const atX = (x: number): number => LEFT + x * (WIDTH - LEFT - RIGHT);
  const atY = (y: number): number => HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM);
  const at = ({ x, y }: CurvePoint): string => `${atX(x).toFixed(1)},${atY(y).toFixed(1)}`;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="16" y="28" font-size="17" font-weight="600">${escaped(title)}</text>`,
    ...ticks.flatMap((tick) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(tick)}" y2="${atY(tick)}" stroke="#d0d7de"/>`,
      `<text x="${LEFT - 8}" y="${atY(tick) + 4}" text-anchor="end">${tick}</text>`,
      `<text x="${atX(tick)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${tick}</text>`,
    ]),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle" fill="#57606a">${escaped(axes.x)}</text>`,
    `<text x="16" y="48" fill="#57606a">${escaped(axes.y)}</text>`,
    `<polyline fill="none" stroke="#1f6feb" stroke-width="2" points="${points.map(at).join(' ')}"/>`,
    ...points.map((point) => {
      const [x, y] = at(point).split(',');
      return `<circle cx="${x}" cy="${y}" r="4" fill="#1f6feb"><title>${escaped(point.label)}</title></circle>`;
    }),
    '</svg>',
    '',
  ].join('\n');
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
