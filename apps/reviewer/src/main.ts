import { runAgent } from '@inquest/agent';
import { ReviewerModule } from './reviewer.module.js';

await runAgent(ReviewerModule, { role: 'reviewer' });
