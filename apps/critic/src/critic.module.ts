import { AgentModule } from '@inquest/agent';
import { Module } from '@nestjs/common';
import { Critic } from './critic.js';

@Module({ imports: [AgentModule.forRole({ role: 'critic' })], providers: [Critic] })
export class CriticModule {}
