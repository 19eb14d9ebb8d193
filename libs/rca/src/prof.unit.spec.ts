import { readFileSync } from 'node:fs';
import { diagnose } from './index.js';
import { collectFacts } from './facts/collect.js';
import { materialsOf } from './facts/material.js';
import { setScene } from './scene.js';
import { sightingsIn } from './facts/sightings.js';
import { PATTERNS, WORTH_READING } from './facts/patterns.js';
import { incidentOf, snapshotOf, type Scenario } from './testing/scenarios.js';
it('prof', () => {
  for (const id of ['holmes-ask-55','holmes-ask-55','holmes-ask-45','holmes-ask-51','holmes-ask-35','holmes-ask-02','opensre-rds-005']) {
    const sc = JSON.parse(readFileSync('/work/shared/incidents/scenarios/'+id+'.json','utf8')) as Scenario;
    const s = snapshotOf(sc.evidence), i = incidentOf(sc);
    const t0 = performance.now(); materialsOf(s); const t1 = performance.now(); const f = collectFacts(s,i); const t2 = performance.now(); sightingsIn(f.lines, []); const t3 = performance.now(); setScene(s,i); const t4 = performance.now(); diagnose(s,i); const t5=performance.now();
    console.log(id, 'materials',(t1-t0).toFixed(1),'collect',(t2-t1).toFixed(1),'sight',(t3-t2).toFixed(1),'scene',(t4-t3).toFixed(1),'all',(t5-t4).toFixed(1),'lines',f.lines.length, f.lines.reduce((a,l)=>a+l.text.length,0));
    if (id==='holmes-ask-55'||id==='holmes-ask-45') {
      const per = Object.entries(PATTERNS).map(([n,p])=>{const a=performance.now(); for(const l of f.lines) p.test(l.text); return [n,performance.now()-a] as const}).sort((a,b)=>b[1]-a[1]).slice(0,8);
      const a=performance.now(); let w=0; for(const l of f.lines) if(WORTH_READING.test(l.text)) w++; console.log('gate',performance.now()-a,w, per);
    }
  }
});
