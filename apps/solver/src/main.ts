import { runAgent } from '@inquest/agent';
import { SolverModule } from './solver.module.js';

await runAgent(SolverModule, { role: 'solver' });
