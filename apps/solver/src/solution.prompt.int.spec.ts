import { ClaudeModel } from '@inquest/model';
import { FakeAnthropic } from '@inquest/testing';
import { choosePlan, ModelSolution, solutionPrompt } from './solution.prompt.js';

const plan = { hypothesisId: 'h1', actions: [], blastRadius: 5, abstained: false, summary: 'Restart.' };
const evidence = { logs: [{ id: 'log-1', status: 'ok', title: 'Log of cache-0', text: 'OOMKilled: memory limit reached' }] };

it('asks a question that the API accepts, whose answer its schema allows', async () => {
  const fake = await FakeAnthropic.start();
  try {
    const model = new ClaudeModel({ apiKey: 'key', baseURL: fake.url });
    const input = { evidence, hypotheses: [{ id: 'h1' }], remedies: [{ id: 'r1', plan }] };
    const reply = await model.ask({
      role: 'solver',
      prompt: solutionPrompt,
      input,
      schema: ModelSolution,
      signal: AbortSignal.timeout(5_000),
    });
    expect(choosePlan(reply.data, [{ id: 'r1', plan }], ['log-1']).hypothesisId).toBe('h1');
    expect(fake.seenFrom('solver')).toHaveLength(1);
    // Long enough to be cached: 512 tokens is the least.
    expect(reply.usage.cacheWriteTokens).toBeGreaterThan(512);
  } finally {
    await fake.stop();
  }
});
