import { AgentModule } from '@inquest/agent';
import { Module } from '@nestjs/common';
import { Single } from './single.js';

@Module({ imports: [AgentModule.forRole({ role: 'single' })], providers: [Single] })
export class SingleModule {}
