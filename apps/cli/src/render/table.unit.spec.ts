import { styleFor } from './style.js';
import { renderTable } from './table.js';

const style = styleFor({ columns: 60, isTTY: true }, { NO_COLOR: '1' });
const piped = styleFor({}, {});

describe('a table', () => {
  it('aligns columns and lets the elastic one give way', () => {
    const rows = [
      { id: 'a', text: 'short', last: 'x' },
      { id: 'bcd', text: 'a text that is much longer than the line could ever be, wide as it is', last: 'y' },
    ];
    const lines = renderTable(
      [
        { title: 'ID', of: ({ id }) => id },
        { title: 'TEXT', of: ({ text }) => text, elastic: true },
        { title: 'LAST', of: ({ last }) => last },
      ],
      rows,
      style,
    );
    expect(lines).toEqual([
      'ID   TEXT                                               LAST',
      'a    short                                              x',
      'bcd  a text that is much longer than the line could e…  y',
    ]);
  });

  it('cuts nothing off where no terminal is', () => {
    const long = 'x'.repeat(200);
    expect(renderTable([{ title: 'T', of: () => long, elastic: true }], [1], piped)).toEqual(['T', long]);
  });

  it('keeps a value with line breaks on its line', () => {
    expect(renderTable([{ title: 'T', of: (text: string) => text }], ['a\nb'], style)).toEqual(['T', 'a b']);
  });
});
