import { emptySnapshot } from '@inquest/contracts';
import { anIncident } from '@inquest/testing';
import { aDebate, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';

let fresh: FreshRecord;
beforeEach(async () => {
  fresh = await freshRecord();
});
afterEach(() => fresh.close());

let problems = 0;
/** Accepted and, as far as its first `said` messages go, recorded. */
const debated = async (said = 6, path: 'debate' | 'single' = 'debate'): Promise<void> => {
  const { sessionId, incidentId } = await fresh.record.incidents.accept({
    ...{ incident: anIncident({ fingerprint: `problem-${++problems}` }), evidence: emptySnapshot(), path },
    limits: { turnMs: 5_000, debateMs: 30_000 },
  });
  await fresh.record.append(aDebate({ sessionId, incidentId }).events.slice(0, said));
};

describe('the figures of the last hours', () => {
  it('are nothing where nothing is on record', async () => {
    expect(await fresh.record.figures(24)).toEqual({
      ...{ rows: 0, debates: 0, turnsPerDebate: null, challenges: 0 },
      ...{ debateP95Ms: null, turnP95Ms: null, slowestRole: null },
    });
  });

  it('count what was said, and take times and turns of debates that ended', async () => {
    await debated();
    await debated();
    await debated(4);
    await debated(6, 'single');
    const figures = await fresh.record.figures(24);
    expect(figures).toMatchObject({ rows: 22, debates: 2, turnsPerDebate: 5, challenges: 0, slowestRole: 'critic' });
    expect(figures.turnP95Ms).toBe(4);
    expect(figures.debateP95Ms).toBeGreaterThan(0);
    expect(figures.debateP95Ms).toBeLessThan(60_000);
  });

  it('leave out what is older', async () => {
    await debated();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await fresh.record.figures(0.01 / 3_600)).toMatchObject({ rows: 0, debates: 0 });
  });
});
