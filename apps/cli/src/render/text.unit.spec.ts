import { createColors } from 'picocolors';
import { clip, columnsOf, oneLine, painted, printable, wrap, wrapCommand } from './text.js';

describe('text on a terminal', () => {
  it('keeps line breaks and replaces everything else that would steer the terminal', () => {
    expect(printable('a\u001b[31mb\r\nc\u0000d\u0085e\tf')).toBe('a\ufffd[31mb\nc\ufffdd\ufffde  f');
  });

  it.each([
    ['moves the cursor', '\u001b[2A\u001b[2K'],
    ['hides what follows', '\u001b[8m'],
    ['writes to the clipboard', '\u001b]52;c;cm0gLXJmIC8=\u0007'],
    ['makes a link', '\u001b]8;;javascript:alert(1)\u001b\\x\u001b]8;;\u001b\\'],
    ['does so in one byte', '\u009b2J'],
  ])('keeps our own colours on a finished line and nothing that %s', (_, sequence) => {
    const { bold, red, dim } = createColors(true);
    const line = `${bold(red('a'))} ${dim('b')}`;
    expect(painted(line)).toBe(line);
    expect(painted(`${line}${sequence}`).slice(line.length)).not.toMatch(/\p{Cc}/u);
  });

  it('replaces marks that turn the direction of writing round', () => {
    expect(printable('rm \u202efr-')).toBe('rm \ufffdfr-');
  });

  it.each([
    ['abc', 3],
    ['Café', 4],
    ['e\u0301', 1],
    ['日本', 4],
    ['🧾', 2],
    ['', 0],
  ])('counts the columns of %j as %i', (text, columns) => expect(columnsOf(text)).toBe(columns));

  it('breaks between words, and inside a word only when it is longer than the line', () => {
    expect(wrap('one two three abcdefghijklmnop', 10)).toEqual(['one two', 'three', 'abcdefghij', 'klmnop']);
  });

  it('keeps the paragraphs of a text', () => expect(wrap('one\n\ntwo', 20)).toEqual(['one', '', 'two']));

  it('clips to one line with an ellipsis', () => {
    expect(clip('a long\nline', 8)).toBe('a long…');
    expect(clip('short', 8)).toBe('short');
    expect(oneLine(' a \n b ')).toBe('a b');
  });

  it('breaks a command so that a shell still takes it, and leaves options beside their values', () => {
    const lines = wrapCommand('kubectl rollout undo deployment/checkout --namespace shop --to-revision 36', 46);
    expect(lines).toEqual(['kubectl rollout undo deployment/checkout \\', '  --namespace shop --to-revision 36']);
    expect(lines.join('\n').replace(/ \\\n\s+/g, ' ')).toBe(
      'kubectl rollout undo deployment/checkout --namespace shop --to-revision 36',
    );
  });
});
