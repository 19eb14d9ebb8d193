import { readFileSync, readdirSync } from 'node:fs';
import { diagnose } from './index.js';
import { scenarioOf } from '../../intake/src/scenario.js';
it('alt', () => {
  const dir='/work/shared/incidents/scenarios/'; let o='';
  for (const f of readdirSync(dir).filter((x)=>x.endsWith('.json'))) {
    const sc = JSON.parse(readFileSync(dir+f,'utf8')) as {id: string, expected: {abstain?: boolean; category?: string}};
    const r0 = scenarioOf(sc, { receivedAt: '2026-01-01T00:00:00Z' } as never);
    if (!r0.readable) { o += sc.id+' unreadable '+r0.reason+'\n'; continue; }
    const r = diagnose(r0.scenario.evidence, r0.scenario.incident).report;
    const said = r.healthy?'healthy':r.abstained?'abstained':r.hypotheses[0]?.category;
    const want = sc.expected.abstain?'abstained':(sc.expected.category ?? said);
    o+=`${said===want?'ok   ':'WRONG'} ${sc.id} want ${want} said ${said} ${r.confidence} ${r.hypotheses[0]?.faultType}@${r.hypotheses[0]?.component}\n`;
  }
  process.stdout.write(o);
});
