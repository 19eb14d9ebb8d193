import { runAgent } from '@inquest/agent';
import { DiagnosticianModule } from './diagnostician.module.js';

await runAgent(DiagnosticianModule, { role: 'diagnostician' });
