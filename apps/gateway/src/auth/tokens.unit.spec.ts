import { createHash } from 'node:crypto';
import { mayActAs, parseTokens, principalOf } from './tokens.js';

const hash = createHash('sha256').update('s3cret').digest('hex');
const tokens = parseTokens(`ci:operator:${hash}, eve:viewer:${'0'.repeat(64)}`);

describe('bearer tokens', () => {
  it.each([
    ['Bearer s3cret', 'ci'],
    ['bearer  s3cret', 'ci'],
    ['Bearer S3cret', undefined],
    [`Bearer ${hash}`, undefined],
    ['Basic s3cret', undefined],
    ['Bearer', undefined],
    [undefined, undefined],
  ])('%p belongs to %p', (authorization, name) => {
    expect(principalOf(authorization, tokens)?.name).toBe(name);
  });

  it.each([`ci:root:${hash}`, 'ci:admin:abc', 'ci:admin', `c i:admin:${hash}`, `ci:admin:${hash},broken`, ''])(
    'reads nothing from %j',
    (text) => {
      expect(parseTokens(text)).toEqual([]);
    },
  );

  it('lets each role do what the lesser ones may', () => {
    const may = (role: 'viewer' | 'operator' | 'admin') =>
      (['viewer', 'operator', 'admin'] as const).filter((needed) => mayActAs({ name: 'n', role }, needed));
    expect([may('viewer'), may('operator'), may('admin')]).toEqual([
      ['viewer'],
      ['viewer', 'operator'],
      ['viewer', 'operator', 'admin'],
    ]);
  });
});
