import { createHash } from 'node:crypto';
import { mayActAs, parseTokens, principalOf, type AccessRole } from './tokens.js';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const hash = hashOf('s3cret');
const { tokens } = parseTokens(`ci:operator:${hash}, eve:viewer:${'0'.repeat(64)}`);

describe('bearer tokens', () => {
  it.each([
    ['Bearer s3cret', 'ci'],
    ['bearer  s3cret', 'ci'],
    ['Bearer S3cret', undefined],
    ['Bearer s3cret extra', undefined],
    ['Bearer s3cret,s3cret', undefined],
    [`Bearer ${hash}`, undefined],
    ['Basic s3cret', undefined],
    ['Bearer', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%p belongs to %p', (authorization, name) => {
    expect(principalOf(authorization, tokens)?.name).toBe(name);
  });

  it('of one name both open the door while the new one takes the place of the old', () => {
    const rotating = parseTokens(`ci:operator:${hash},ci:operator:${hashOf('n3w')}`);
    expect(rotating.faults).toEqual([]);
    for (const token of ['s3cret', 'n3w'])
      expect(principalOf(`Bearer ${token}`, rotating.tokens)).toEqual({ name: 'ci', role: 'operator' });
  });

  it('open nothing after their last day', () => {
    const ending = parseTokens(`ci:operator:${hash}:2027-12-31`).tokens;
    const at = (moment: string) => principalOf('Bearer s3cret', ending, Date.parse(moment))?.name;
    expect([at('2027-12-31T23:59:59.999Z'), at('2028-01-01T00:00:00Z')]).toEqual(['ci', undefined]);
  });

  it.each([
    [`ci:root:${hash}`, 'token 1: the role is one of viewer, operator, admin'],
    ['ci:admin:abc', 'token 1: the hash has 64 hex digits'],
    [`ci:admin:${hash.slice(1)}`, 'token 1: the hash has 64 hex digits'],
    [`ci:admin:${'g'.repeat(64)}`, 'token 1: the hash is written in hex digits'],
    [`ci:admin:${hashOf('')}`, 'token 1: the hash is that of no text at all'],
    ['ci:admin', 'token 1: it has the parts name:role:sha256hex'],
    [`c i:admin:${hash}`, 'token 1: the name takes'],
    [`ci:admin:${hash}:soon`, 'token 1: the last day is written as 2027-12-31'],
    [`ci:admin:${hash},broken`, 'token 2: it has the parts name:role:sha256hex'],
    [`ci:admin:${hash},eve:admin:${hash.toUpperCase()}`, 'eve has the same hash as ci'],
    [`ci:admin:${hash},ci:viewer:${hashOf('other')}`, 'ci is admin and viewer'],
  ])('of %j none is read, and it is said why without a hash', (text, fault) => {
    const { tokens: read, faults } = parseTokens(text);
    expect(read).toEqual([]);
    expect(faults).toEqual([expect.stringContaining(fault)]);
    expect(faults.join()).not.toMatch(/[0-9a-f]{8}/);
  });

  it('lets each role do what the lesser ones may', () => {
    const may = (role: AccessRole) =>
      (['viewer', 'operator', 'admin'] as const).filter((needed) => mayActAs({ name: 'n', role }, needed));
    expect([may('viewer'), may('operator'), may('admin')]).toEqual([
      ['viewer'],
      ['viewer', 'operator'],
      ['viewer', 'operator', 'admin'],
    ]);
  });
});
