import { createHash } from 'node:crypto';
import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminEntry, secretIn } from './secrets.js';

describe('a secret of a data directory', () => {
  it('is made once, is long, and is readable by its owner alone', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'inquest-secret-')), 'below', 'admin-token');
    const secret = await secretIn(file);
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect(await secretIn(file)).toBe(secret);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('reaches the gateway as a hash only', () => {
    expect(adminEntry('token')).toBe(`local-admin:admin:${createHash('sha256').update('token').digest('hex')}`);
  });
});
