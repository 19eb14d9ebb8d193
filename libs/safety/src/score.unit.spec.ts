import { readFileSync, writeFileSync } from 'node:fs';
import { judgeCommand, judgeSql } from './judge-command.js';
import { ready } from './sql/parser.js';
it('scores', async () => {
  await ready();
  const out: string[] = []; const times: number[] = [];
  for (const f of ['commands', 'commands-mutated']) for (const l of readFileSync(`/work/shared/corpora/${f}.jsonl`, 'utf8').split('\n')) {
    if (!l) continue; const r = JSON.parse(l);
    const t = performance.now();
    const v = r.kind === 'sql' ? judgeSql(r.text) : judgeCommand(r.text);
    times.push(performance.now() - t);
    out.push(JSON.stringify({ id: r.id, decision: v.judgement, rules: v.hits.map((h) => h.ruleId), label: r.label, text: r.text, category: r.category, kind: r.kind, un: v.reading.problems, facts: v.reading.facts.map((f) => [f.tool, f.verb, f.effect, f.unresolved]) }));
  }
  writeFileSync('/tmp/pred.jsonl', out.join('\n') + '\n');
  times.sort((a, b) => a - b); console.log('p50', times[times.length >> 1], 'p99', times[Math.floor(times.length * 0.99)], 'max', times.at(-1));
});
