import { styleFor } from '@inquest/cli';
import { renderServiceLine } from './service-log.js';

const style = styleFor({}, {});
const shown = (line: string): string => renderServiceLine('reviewer.0', line, style);

describe('a log line of a service', () => {
  it('shows who, when and what, and the rest behind', () => {
    const line =
      '{"level":"info","time":"2026-11-21T12:00:01.123Z","service":"reviewer","pid":7,"sessionId":"s-1","msg":"answered","tookMs":12}';
    expect(shown(line)).toBe('reviewer.0       12:00:01 answered sessionId=s-1 tookMs=12');
  });

  it('shows what an error says', () => {
    const line =
      '{"level":"error","time":"2026-11-21T12:00:01.123Z","err":{"type":"Error","message":"no connection","stack":"…"},"msg":"a run failed"}';
    expect(shown(line)).toBe('reviewer.0       12:00:01 a run failed no connection');
  });

  it('lets nothing that a service was sent steer the terminal', () => {
    expect(shown(JSON.stringify({ time: '2026-11-21T12:00:01.123Z', msg: 'seen', title: 'a\u001b[2Jb' }))).not.toContain(
      '\u001b',
    );
  });

  it.each(['plain text', '{ no json', ''])('passes %j on as it is', (line) =>
    expect(shown(line)).toBe(`reviewer.0       ${line}`),
  );
});
