import { runAgent } from '@inquest/agent';
import { SingleModule } from './single.module.js';

await runAgent(SingleModule, { role: 'single' });
