import { EvidenceSnapshot, evidenceItems, Incident } from '@inquest/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../incidents');
const read = (file: string): { incident: unknown; evidence: unknown } =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as { incident: unknown; evidence: unknown };

describe('the bundled incidents', () => {
  it.each(readdirSync(folder))('%s keeps the contract, with ids of its own for every piece of evidence', (file) => {
    const { incident, evidence } = read(file);
    expect(Incident.parse(incident)).toMatchObject(incident as object);
    const ids = evidenceItems(EvidenceSnapshot.parse(evidence)).map(({ item }) => item.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('the first one looks at all eight dimensions, with series that rise and logs that a user wrote into', () => {
    const { evidence } = read('payments-api-oom.json');
    const snapshot = EvidenceSnapshot.parse(evidence);
    for (const items of Object.values(snapshot)) expect(items.length).toBeGreaterThan(0);
    expect(snapshot.metrics.flatMap(({ series }) => series ?? []).length).toBeGreaterThan(10);
    expect(JSON.stringify(snapshot.logs)).toContain('DROP TABLE');
  });
});
