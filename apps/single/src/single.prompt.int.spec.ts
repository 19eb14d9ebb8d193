import { ClaudeModel } from '@inquest/model';
import { FakeAnthropic } from '@inquest/testing';
import { ModelSingle, singlePrompt, toSingleAnswer } from './single.prompt.js';

const plan = { hypothesisId: 'h1', actions: [], blastRadius: 5, abstained: false, summary: 'Restart.' };
const evidence = { logs: [{ id: 'log-1', status: 'ok', title: 'Log of cache-0', text: 'OOMKilled: memory limit reached' }] };

it('asks a question that the API accepts, whose answer its schema allows', async () => {
  const fake = await FakeAnthropic.start();
  try {
    const model = new ClaudeModel({ apiKey: 'key', baseURL: fake.url });
    const input = {
      incident: { title: 'Cache down' },
      evidence,
      candidates: [{ cause: 'Memory.', component: 'cache', category: 'resource_exhaustion', faultType: 'oom_killed' }],
      remedies: [{ id: 'r1', plan }],
    };
    const reply = await model.ask({
      role: 'single',
      prompt: singlePrompt,
      input,
      schema: ModelSingle,
      signal: AbortSignal.timeout(5_000),
    });
    expect(toSingleAnswer(reply.data, [{ id: 'r1', plan }], ['log-1']).plan.hypothesisId).toBe('h1');
    expect(fake.seenFrom('single')).toHaveLength(1);
    // Long enough to be cached: 512 tokens is the least.
    expect(reply.usage.cacheWriteTokens).toBeGreaterThan(512);
  } finally {
    await fake.stop();
  }
});
