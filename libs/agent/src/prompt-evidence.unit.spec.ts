import { emptySnapshot, EvidenceSnapshot, type EvidenceItem } from '@inquest/contracts';
import { promptEvidence } from './prompt-evidence.js';

const item = (more: Partial<EvidenceItem>): EvidenceItem => ({ id: 'e1', status: 'ok', title: 't', trusted: true, ...more });
const shown = (more: Partial<EvidenceItem>) => promptEvidence({ ...emptySnapshot(), kubernetes: [item(more)] }).kubernetes[0];
const logged = (more: Partial<EvidenceItem>) => promptEvidence({ ...emptySnapshot(), logs: [item(more)] }).logs[0];

describe('evidence for a prompt', () => {
  it('is untouched when it is short', () => {
    const short = item({ text: 'x', json: { a: 1 }, series: [{ name: 's', labels: {}, points: [[1, 2]] }] });
    expect(logged(short)).toEqual(short);
  });

  it('keeps head and tail of a long text, and says that it was cut', () => {
    const cut = shown({ text: `HEAD${'x'.repeat(60_000)}TAIL` });
    expect(cut?.text).toMatch(/^HEADx+\n… 52008 characters left out …\nx+TAIL$/);
    expect(cut).toMatchObject({ status: 'truncated', cutBytes: 52_008 });
  });

  it('does not call a failed query truncated', () => {
    expect(logged({ status: 'error', text: 'x'.repeat(20_000) })).toMatchObject({ status: 'error' });
  });

  it('tells lines of a log that repeat once, and caps each line; other texts stay as they were written', () => {
    const text = Array.from({ length: 300 }, (_, i) => `2026-01-01T10:00:00Z INFO order ${i} paid by ${'z'.repeat(i + 1)}`).join(
      '\n',
    );
    expect(logged({ text })?.text).toMatch(
      /^\[300 lines, by template[^\n]*\n300 × <time> INFO order <num> paid by <\*>\n {2}first: .*\n {2}last: /,
    );
    expect(logged({ text: 'y'.repeat(5_000) })).toMatchObject({ status: 'truncated', cutBytes: 4_400 });
    const few = 'INFO order 1 paid\nINFO order 2 paid\nINFO order 3 paid\nINFO order 4 paid';
    expect(shown({ text: few })?.text).toBe(few);
    expect(logged({ json: { logs: few.split('\n') } })?.json).toMatchObject({
      logs: [{ template: 'INFO order <num> paid', count: 4 }],
    });
  });

  it('leaves the snapshot as it is, for the rules', () => {
    const snapshot = {
      ...emptySnapshot(),
      logs: [item({ text: 'INFO order 1 paid\n'.repeat(50), json: { logs: ['a', 'a', 'a', 'a'] } })],
    };
    const before = structuredClone(snapshot);
    promptEvidence(snapshot);
    expect(snapshot).toEqual(before);
  });

  it('sends long JSON as cut text', () => {
    const cut = shown({ json: { lines: Array.from({ length: 5_000 }, (_, i) => `line ${i}`) } });
    expect(cut).not.toHaveProperty('json');
    expect(cut?.text?.length).toBeLessThan(8_100);
  });

  it('thins a long series and keeps its last point', () => {
    const points = Array.from({ length: 1_000 }, (_, i): [number, number] => [i, i]);
    const thin = logged({ series: [{ name: 's', labels: {}, points }] })?.series?.[0]?.points ?? [];
    expect(thin.length).toBeLessThanOrEqual(61);
    expect(thin.at(-1)).toEqual([999, 999]);
  });

  it('stays within what a model can read in time, however many items there are', () => {
    const logs = Array.from({ length: 200 }, (_, i) => item({ id: `e${i}`, text: 'x'.repeat(20_000) }));
    const condensed = promptEvidence({ ...emptySnapshot(), logs });
    expect(JSON.stringify(condensed).length).toBeLessThan(300_000);
    expect(condensed.logs).toHaveLength(200);
    expect(EvidenceSnapshot.parse(condensed)).toEqual(condensed);
  });
});
