/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Inquest's own; drawn darker than those it is compared with. */
  readonly ours: boolean;
}

const WIDTH = 760;
const LABEL_WIDTH = 270;
const BAR_HEIGHT = 22;
const GAP = 8;
const TOP = 56;

/** A bar chart as SVG that reads well on light and on dark pages. */
export const barChart = (title: string, unit: string, bars: readonly Bar[]): string => {
  const highest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const height = TOP + bars.length * (BAR_HEIGHT + GAP) + GAP;
  const room = WIDTH - LABEL_WIDTH - 90;
  const drawn = bars.map(({ label, value, ours }, index) => {
    const y = TOP + index * (BAR_HEIGHT + GAP);
    const width = Math.max(1, (value / highest) * room);
    const middle = y + BAR_HEIGHT / 2 + 5;
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${ours ? '#1f6feb' : '#8b949e'}"/>`,
      `<text x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="${middle}">${shown(value)}</text>`,
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="17" font-weight="600">${escaped(title)}</text>`,
    `<text x="16" y="45" fill="#57606a">${escaped(unit)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
};

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
