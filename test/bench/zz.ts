import { openBench } from './database.js';
import { execFileSync } from 'node:child_process';
const b = await openBench({ dataDir: '/tmp/a/pg' });
try { for (let i=0;i<2;i++) {
console.log('old', execFileSync('npx', ['tsx', 'v.ts', b.applicationUrl], { cwd: '/tmp/a/old', encoding: 'utf8' }).trim());
console.log('new', execFileSync('npx', ['tsx', 'test/bench/verify.ts', '--url', b.ownerUrl], { cwd: '/work/main', encoding: 'utf8' }).trim());
} } finally { await b.stop(); }
