import { trace } from '@opentelemetry/api';
import { TwoMinds, type Turn } from '@inquest/agent';
import { emptySnapshot, type EvidenceSnapshot } from '@inquest/contracts';
import { fold } from '@inquest/debate';
import { LanguageModel, ModelTimeoutError, NoModel, type ModelReply, type Question } from '@inquest/model';
import { createLogger } from '@inquest/telemetry';
import { anOpening, published } from '@inquest/testing';
import type { z } from 'zod';
import { Diagnostician } from './diagnostician.js';

const turn: Turn = {
  sessionId: 's',
  signal: new AbortController().signal,
  logger: createLogger('test', { write: () => undefined }),
  span: trace.getTracer('test').startSpan('turn'),
};

const pod = (reason: string) => ({
  name: 'checkout-api-7f9dd8b6c4-x7gr9',
  namespace: 'shop',
  phase: 'Running',
  containers: [
    {
      name: 'checkout-api',
      ready: false,
      restart_count: 8,
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      last_state: { terminated: { reason, exit_code: 137 } },
    },
  ],
});
const oomKilled: EvidenceSnapshot = {
  ...emptySnapshot(),
  kubernetes: [{ id: 'k1', status: 'ok', title: 'Pods', kind: 'k8s_object', trusted: true, json: { pods: [pod('OOMKilled')] } }],
};

const asked = (evidence: EvidenceSnapshot) => {
  const session = fold([published('session.opened', anOpening({ evidence }))]);
  if (!session) throw new Error('no session');
  return session;
};

class Saying extends LanguageModel {
  readonly configured = true;
  constructor(private readonly reply: () => unknown) {
    super();
  }
  async ask<S extends z.ZodType>({ schema }: Question<S>): Promise<ModelReply<z.infer<S>>> {
    const usage = { model: 'm', inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 };
    return { data: schema.parse(this.reply()), usage, stopReason: 'end_turn' };
  }
}

const diagnosing = (model: LanguageModel, evidence = oomKilled) =>
  new Diagnostician(new TwoMinds(model)).diagnose(asked(evidence), turn);

describe('the Diagnostician', () => {
  it('names a cause by rules alone, undegraded', async () => {
    const { mind, degraded, vote, data } = await diagnosing(new NoModel());
    expect({ mind, degraded, vote, fault: data.hypotheses[0]?.faultType }).toEqual({
      mind: 'rules',
      degraded: false,
      vote: 'APPROVE',
      fault: 'oom_killed',
    });
  });

  it('abstains when there is nothing to go by', async () => {
    expect(await diagnosing(new NoModel(), emptySnapshot())).toMatchObject({ vote: 'ABSTAIN', data: { abstained: true } });
  });

  it("abstains, with the rules' findings as advice, when its model fails", async () => {
    const late = new Saying(() => {
      throw new ModelTimeoutError({ role: 'diagnostician', model: 'm' });
    });
    const { degraded, vote, data } = await diagnosing(late);
    expect({ degraded, vote, abstained: data.abstained, fault: data.hypotheses[0]?.faultType }).toEqual({
      degraded: true,
      vote: 'ABSTAIN',
      abstained: true,
      fault: 'oom_killed',
    });
  });

  it('does not let a model talk a found cause away: such health is never certain enough to end a session', async () => {
    const rosy = new Saying(() => ({
      healthy: true,
      healthEvidenceIds: ['k1'],
      confidence: 0.99,
      hypotheses: [],
      summary: 'All fine.',
      missingEvidence: [],
    }));
    const { data } = await diagnosing(rosy);
    expect(data.healthy).toBe(true);
    expect(data.confidence).toBeLessThan(0.8);
    expect(data.summary).toContain('The rules found a cause');
  });
});
