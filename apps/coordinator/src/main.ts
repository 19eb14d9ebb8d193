import { runAgent } from '@inquest/agent';
import { CoordinatorModule } from './coordinator.module.js';

await runAgent(CoordinatorModule, { role: 'coordinator' });
