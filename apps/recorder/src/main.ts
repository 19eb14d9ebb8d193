import { runService } from '@inquest/agent';
import { RecorderModule } from './recorder.module.js';

await runService(RecorderModule, { service: 'recorder' });
