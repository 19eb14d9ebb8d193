import { AgentModule } from '@inquest/agent';
import { Module } from '@nestjs/common';
import { Solver } from './solver.js';

@Module({ imports: [AgentModule.forRole({ role: 'solver' })], providers: [Solver] })
export class SolverModule {}
