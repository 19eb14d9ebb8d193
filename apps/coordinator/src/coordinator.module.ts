import { AgentModule } from '@inquest/agent';
import { Module } from '@nestjs/common';
import { Coordinator } from './coordinator.js';
import { DeadlineWatch } from './deadline-watch.js';

@Module({ imports: [AgentModule.forRole({ role: 'coordinator' })], providers: [Coordinator, DeadlineWatch] })
export class CoordinatorModule {}
