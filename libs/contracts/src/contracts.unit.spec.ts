import {
  DIMENSIONS,
  emptySnapshot,
  evidenceItems,
  EvidenceSnapshot,
  Incident,
  isTerminal,
  jsonSchemas,
  Message,
} from './index.js';

describe('the contracts', () => {
  it('have a JSON Schema for each message and shared shape', () => {
    const schemas = jsonSchemas();
    const types = Message.options.map((option) => option.shape.type.value);
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining([...types, 'incident', 'evidence-snapshot', 'decision-package']));
    expect(schemas['incident']).toMatchObject({ $id: 'urn:inquest:schema:incident:1', type: 'object' });
    expect(Object.entries(schemas['incident'] ?? {}).find(([key]) => key === 'required')?.[1]).toEqual(
      expect.arrayContaining(['source', 'title']),
    );
  });

  it('look at an incident in eight dimensions, each of which may be empty', () => {
    expect(DIMENSIONS).toHaveLength(8);
    expect(Object.keys(emptySnapshot())).toEqual([...DIMENSIONS]);
    const snapshot = EvidenceSnapshot.parse({ logs: [{ id: 'e1', status: 'ok', title: 'log', text: 'x' }] });
    expect(evidenceItems(snapshot)).toEqual([
      { dimension: 'logs', item: { id: 'e1', status: 'ok', title: 'log', text: 'x', trusted: true } },
    ]);
  });

  it('drop unknown keys, so that an old reader survives a newer writer', () => {
    const incident = { source: 'a', fingerprint: 'b', title: 'c', startsAt: '2026-01-15T10:00:00.123456789+02:00', invented: 1 };
    expect(Incident.parse(incident)).not.toHaveProperty('invented');
  });

  it('refuse what is out of bounds', () => {
    expect(
      Incident.safeParse({ source: 'a', fingerprint: 'b', title: 'x'.repeat(501), startsAt: '2026-01-15T10:00:00Z' }).success,
    ).toBe(false);
    expect(Incident.safeParse({ source: 'a', fingerprint: 'b', title: 'c', startsAt: 'yesterday' }).success).toBe(false);
  });

  it('know which messages end a session', () => {
    expect(['session.opened', 'decision.made', 'session.failed', 'verdict.given'].map(isTerminal)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
