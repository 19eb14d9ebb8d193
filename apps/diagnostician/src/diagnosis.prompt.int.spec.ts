import { ClaudeModel } from '@inquest/model';
import { FakeAnthropic } from '@inquest/testing';
import { diagnosisPrompt, ModelDiagnosis, toDiagnosisReport } from './diagnosis.prompt.js';

const evidence = { logs: [{ id: 'log-1', status: 'ok', title: 'Log of cache-0', text: 'OOMKilled: memory limit reached' }] };

it('asks a question that the API accepts, whose answer its schema allows', async () => {
  const fake = await FakeAnthropic.start();
  try {
    const model = new ClaudeModel({ apiKey: 'key', baseURL: fake.url });
    const input = {
      incident: { title: 'Cache down' },
      evidence,
      candidates: [{ cause: 'Memory.', component: 'cache', category: 'resource_exhaustion', faultType: 'oom_killed' }],
    };
    const reply = await model.ask({
      role: 'diagnostician',
      prompt: diagnosisPrompt,
      input,
      schema: ModelDiagnosis,
      signal: AbortSignal.timeout(5_000),
    });
    expect(toDiagnosisReport(reply.data, ['log-1'])).toMatchObject({
      abstained: false,
      hypotheses: [{ component: 'cache', evidenceIds: ['log-1'] }],
    });
    expect(fake.seenFrom('diagnostician')).toHaveLength(1);
    // Long enough to be cached: 512 tokens is the least.
    expect(reply.usage.cacheWriteTokens).toBeGreaterThan(512);
  } finally {
    await fake.stop();
  }
});
