import type { EvidenceSnapshot, Incident } from '@inquest/contracts';
import type { FakeReplyInput } from '@inquest/testing';
import { OOM_KILLED } from '../support/incidents.js';
import type { SystemOptions } from '../support/system.js';

/** A session worth keeping for ever, and what has to be set up for the system to hold it. */
export interface GoldenScenario {
  readonly name: string;
  readonly about: string;
  readonly system: Pick<SystemOptions, 'model' | 'env' | 'replicas'>;
  readonly incident?: Partial<Incident>;
  readonly evidence?: Partial<EvidenceSnapshot>;
  /** What the fake model says, per role; the roles left out answer sensibly. */
  readonly replies?: Readonly<Record<string, FakeReplyInput>>;
  /** Puts an entry into the session's stream that no reader can read, so that the session fails. */
  readonly spoilt?: boolean;
}

const QUICK = { INQUEST_TURN_MS: '1000', INQUEST_DEBATE_MS: '8000' };

const calm = (text: string): Partial<EvidenceSnapshot> => ({
  logs: [{ id: 'l1', status: 'ok', title: 'checkout-api logs', kind: 'log', trusted: true, text }],
});

const ALL_WELL: FakeReplyInput = {
  kind: 'answer',
  json: {
    healthy: true,
    healthEvidenceIds: ['l1'],
    confidence: 0.95,
    hypotheses: [],
    summary: 'Every probe answers; the alert has cleared by itself.',
    missingEvidence: [],
  },
};

export const SCENARIOS: readonly GoldenScenario[] = [
  { name: 'debate', about: 'a complete debate by rules alone, to human approval', system: {}, evidence: OOM_KILLED },
  {
    name: 'debate-by-model',
    about: 'a complete debate in which a model speaks, with prompts, usage and price',
    system: { model: true, env: { AIOPS_AUTO_EXECUTE_ENABLED: 'true' } },
    evidence: OOM_KILLED,
  },
  {
    name: 'abstained',
    about: 'evidence that cannot answer: everybody abstains',
    system: {},
    incident: { title: 'something is odd' },
  },
  {
    name: 'degraded',
    about: "the Critic's model does not answer in time",
    system: { model: true, env: QUICK },
    evidence: OOM_KILLED,
    replies: { critic: { kind: 'sensible', firstByteMs: 30_000 } },
  },
  {
    name: 'answered-for',
    about: 'there is no Critic, so the Coordinator answers for it',
    system: { env: QUICK, replicas: { critic: 0 } },
    evidence: OOM_KILLED,
  },
  {
    name: 'failed',
    about: 'the stream cannot be read, so the session fails',
    system: { env: QUICK, replicas: { critic: 0 } },
    evidence: OOM_KILLED,
    spoilt: true,
  },
  {
    name: 'healthy',
    about: 'nothing is wrong and nothing is done',
    system: { model: true },
    evidence: calm('INFO GET /healthz 200 in 3 ms\nINFO GET /cart 200 in 12 ms\n'),
    replies: { diagnostician: ALL_WELL },
  },
  {
    name: 'single',
    about: 'one call instead of a debate; its opening is too big for an inbox and travels as a pointer',
    system: { env: { AIOPS_P2_ENABLED: 'false' } },
    evidence: {
      ...OOM_KILLED,
      ...calm(`ERROR java.lang.OutOfMemoryError: Java heap space\n${'INFO cache warm-up\n'.repeat(450)}`),
    },
  },
  {
    name: 'escalated',
    about: 'both phases are off: people decide',
    system: { env: { AIOPS_P1_ENABLED: 'false' } },
    evidence: OOM_KILLED,
  },
];
