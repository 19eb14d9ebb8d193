import { readFileSync, writeFileSync } from 'node:fs';
import { cleanText } from './clean-text.js';
it('scores', () => {
  const out: string[] = []; let bytes = 0; let ms = 0; let changed = 0, n = 0;
  for (const f of ['injections', 'benign', 'secrets']) for (const l of readFileSync(`/work/shared/corpora/${f}.jsonl`, 'utf8').split('\n')) {
    if (!l) continue; const r = JSON.parse(l);
    const text = r.kind === 'secret' ? r.text.replaceAll('\u205e', '') : r.text;
    const t = performance.now();
    const v = cleanText(text);
    ms += performance.now() - t; bytes += Buffer.byteLength(text);
    out.push(JSON.stringify({ id: r.id, flagged: v.suspicions.length > 0, output: v.text, s: v.suspicions, kind: r.kind, cat: r.category, secret: r.secret?.replaceAll('\u205e', ''), text, red: v.redactions }));
  }
  writeFileSync('/tmp/pred2.jsonl', out.join('\n') + '\n');
  console.log('MB/s', bytes / 1e6 / (ms / 1000));
  for (const seed of ['password=', 'a', '-----BEGIN PRIVATE KEY-----', 'eyJhbGciOiJ', 'https://a:', 'mysql -h ', 'ignore ', 'Bearer ', 'token: "', 'must ', '[REDACTED:', '\u200b', 'sk-', 'aA1']) {
    const big = seed.repeat(Math.ceil(1e6 / seed.length)); const t = performance.now(); cleanText(big); const d = performance.now() - t; if (d > 300) console.log(seed, d);
  }
});
