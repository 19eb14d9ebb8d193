import { AgentModule } from '@inquest/agent';
import { Module } from '@nestjs/common';
import { Diagnostician } from './diagnostician.js';

@Module({ imports: [AgentModule.forRole({ role: 'diagnostician' })], providers: [Diagnostician] })
export class DiagnosticianModule {}
