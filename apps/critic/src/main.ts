import { runAgent } from '@inquest/agent';
import { CriticModule } from './critic.module.js';

await runAgent(CriticModule, { role: 'critic' });
