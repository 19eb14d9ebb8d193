import { ClaudeModel } from '@inquest/model';
import { FakeAnthropic } from '@inquest/testing';
import { addCritique, critiquePrompt, ModelCritique } from './critique.prompt.js';

const evidence = { logs: [{ id: 'log-1', status: 'ok', title: 'Log of cache-0', text: 'OOMKilled: memory limit reached' }] };

it('asks a question that the API accepts, whose answer its schema allows', async () => {
  const fake = await FakeAnthropic.start();
  try {
    const model = new ClaudeModel({ apiKey: 'key', baseURL: fake.url });
    const input = { evidence, diagnosis: { summary: 'Memory.' }, plan: { actions: [] } };
    const reply = await model.ask({
      role: 'critic',
      prompt: critiquePrompt,
      input,
      schema: ModelCritique,
      signal: AbortSignal.timeout(5_000),
    });
    const none = { nothingToJudge: false, answers: [], challenges: [], summary: '' };
    expect(addCritique(none, reply.data, ['log-1'])).toMatchObject({
      answers: { length: 3 },
      challenges: [{ id: 'c1', severity: 'minor' }],
    });
    expect(fake.seenFrom('critic')).toHaveLength(1);
    // Long enough to be cached: 512 tokens is the least.
    expect(reply.usage.cacheWriteTokens).toBeGreaterThan(512);
  } finally {
    await fake.stop();
  }
});
