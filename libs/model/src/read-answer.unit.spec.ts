import fc from 'fast-check';
import { z } from 'zod';
import { jsonValues, readAnswer } from './read-answer.js';

const Answer = z.object({ cause: z.string(), nested: z.object({ list: z.array(z.unknown()) }) });
const answer = { cause: 'a } in a "string" \\', nested: { list: [{ deep: { deeper: ['{'] } }] } };
const json = JSON.stringify(answer);

describe('readAnswer', () => {
  it.each([
    ['as it is', json],
    ['in prose with stray braces', `Given {this} and [that] I say:\n${json}\nDone {`],
    ['in a fence', `\`\`\`json\n${JSON.stringify(answer, null, 2)}\n\`\`\``],
    ['after an unclosed brace', `{ is how it begins. ${json}`],
    ['after an unclosed quote', `She said "no. ${json}`],
    ['after another object that the schema does not allow', `{"cause": 1} then ${json}`],
    ['twice the same', `${json} I repeat: ${json}`],
  ])('regression 3: finds nested JSON %s', (_, text) => {
    expect(readAnswer(text, Answer)).toEqual({ ok: true, data: answer });
  });

  it('refuses two different answers: one of them may be quoted evidence', () => {
    const reading = readAnswer(`${json} ${JSON.stringify({ ...answer, cause: 'other' })}`, Answer);
    expect(reading).toMatchObject({ ok: false, problems: expect.stringContaining('more than one') as string });
  });

  it('does not take a part of an answer for the answer', () => {
    expect(readAnswer(`{"wrapped": ${json}}`, Answer).ok).toBe(false);
    expect(readAnswer(json.slice(0, -3), Answer).ok).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['prose', 'I cannot tell.'],
    ['a bare value', '42'],
    ['a cut-off object', '{"cause": "disk", "nested": {"list": ['],
  ])('says that there is none in %s', (_, text) => {
    expect(readAnswer(text, Answer)).toEqual({ ok: false, problems: 'The reply holds no JSON object.' });
  });

  it('says which fields are wrong, by path and never by value', () => {
    const reading = readAnswer('{"cause": 7, "nested": {"list": "secret"}}', Answer);
    expect(reading).toMatchObject({ ok: false, problems: expect.stringMatching(/cause: .*; nested\.list: /) as string });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  it('says little of members that the model made up, however long their names are', () => {
    const strict = z.strictObject({ cause: z.string(), more: z.record(z.string(), z.number()) });
    const reading = readAnswer(
      JSON.stringify({ cause: 'x', more: { ['k'.repeat(50_000)]: 'x' }, ['u'.repeat(50_000)]: 1 }),
      strict,
    );
    expect(reading.ok).toBe(false);
    expect(JSON.stringify(reading).length).toBeLessThan(1_000);
  });

  it('finds any JSON object in any prose without brackets', () => {
    const prose = fc.string().map((text) => text.replace(/[{}[\]]/g, ''));
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(prose, object, prose, (before, value, after) => {
        const text = JSON.stringify(value);
        expect(jsonValues(`${before}${text}${after}`)).toEqual([JSON.parse(text)]);
      }),
    );
  });

  it('is quick on hostile text', () => {
    const startedAt = performance.now();
    readAnswer('{['.repeat(20_000), Answer);
    readAnswer('{"'.repeat(20_000), Answer);
    expect(performance.now() - startedAt).toBeLessThan(10_000); // Milliseconds in practice; quadratic work takes minutes.
  });
});
