import { AgentModule, Answers, runAgent, type Answer } from '@inquest/agent';
import { Message, type Role } from '@inquest/contracts';
import { Injectable, Module } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * A role whose own work takes no time, as that of the peers: it says what it said in a recorded debate. All around it is as shipped.
 * Arguments: the role, and a file with the messages of that debate.
 */
const [role, file] = z
  .tuple([z.enum(['diagnostician', 'solver', 'reviewer', 'critic']), z.string()])
  .parse(process.argv.slice(2));

const said = z
  .array(Message)
  .parse(JSON.parse(readFileSync(file, 'utf8')))
  .find((message) => message.role === role);
if (!said) throw new Error(`Nobody has recorded what the ${role} said.`);
const { type, data, vote } = said;

@Injectable()
class Canned {
  @Answers({ question: 'session.opened', answer: type })
  async give(): Promise<Answer<unknown>> {
    return { data, vote, mind: 'rules', degraded: false };
  }
}

@Module({ imports: [AgentModule.forRole({ role: role satisfies Role })], providers: [Canned] })
class CannedModule {}

await runAgent(CannedModule, { role });
