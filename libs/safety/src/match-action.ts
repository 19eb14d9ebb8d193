import type { Action, RuleHit } from '@inquest/contracts';
import { labelOf, type CommandFact } from './commands/command-fact.js';
import type { CommandReading } from './commands/read-command.js';
import { kindOf } from './commands/tools/kubectl.js';
import type { Entities } from './entities.js';

const hit = (ruleId: string, judgement: RuleHit['judgement'], reason: string): RuleHit => ({
  ruleId,
  judgement,
  reason: reason.slice(0, 1_000),
  from: 'rules',
});

/** Where the rendered command is not what the typed action says: another tool, verb or target, or more than one thing. */
export const mismatches = (action: Action, reading: CommandReading, entities: Entities): RuleHit[] => {
  const { facts, sql } = reading;
  const own = facts.find(({ tool, via }) => tool === action.tool.toLowerCase() && via.length === 0);
  if (!own)
    return [
      hit(
        'other-tool',
        worse(facts) ? 'REJECT' : 'REQUEST_REVISION',
        `The action says ${action.tool}, the command runs ${facts.map(({ tool }) => tool).join(', ') || 'nothing that could be read'}.`,
      ),
    ];
  const others = facts.filter((fact) => fact !== own && (fact.effect !== 'read' || fact.unresolved.length > 0));
  return [
    ...(others.length > 0
      ? [
          hit(
            'does-more',
            worse(others) ? 'REJECT' : 'REQUEST_REVISION',
            `The command also runs ${others.map(labelOf).join(', ')}.`,
          ),
        ]
      : []),
    ...(own.tool === 'psql' ? sqlMismatch(action, sql, entities) : commandMismatch(action, own, entities)),
  ];
};

const worse = (facts: readonly CommandFact[]): boolean => facts.some(({ effect }) => effect === 'destroy');

const sqlMismatch = (action: Action, sql: CommandReading['sql'], entities: Entities): RuleHit[] => {
  const changing = sql.filter(({ effect }) => effect !== 'read');
  const verb = action.verb.toLowerCase();
  const said = sql.length === 1 && sql.every(({ statement, functions }) => statement === verb || functions.includes(verb));
  return [
    ...(said
      ? []
      : [
          hit(
            'other-verb',
            changing.some(({ effect }) => effect === 'destroy') ? 'REJECT' : 'REQUEST_REVISION',
            `The action says ${action.verb}, the SQL is ${sql.map(({ statement }) => statement).join(', ') || 'not readable'}.`,
          ),
        ]),
    ...(sql.some(({ targets }) => targets.length > 0 && !targets.includes(action.target.name))
      ? [hit('other-target', 'REQUEST_REVISION', `The action names ${action.target.name}, the SQL something else.`)]
      : []),
    ...(changing.length > 0 && !entities.mentions(action.target.name)
      ? [hit('unknown-target', 'REQUEST_REVISION', `The evidence does not show ${action.target.name}.`)]
      : []),
  ];
};

const commandMismatch = (action: Action, own: CommandFact, entities: Entities): RuleHit[] => {
  const { target } = action;
  const found: RuleHit[] = [];
  if (own.verb !== action.verb.toLowerCase())
    found.push(
      hit(
        'other-verb',
        own.effect === 'destroy' ? 'REJECT' : 'REQUEST_REVISION',
        `The action says ${action.verb}, the command ${own.verb}.`,
      ),
    );
  if (own.targets.length === 0 || own.targets[0] !== target.name || (own.targets.length > 1 && own.tool === 'kubectl'))
    found.push(
      hit(
        'other-target',
        'REQUEST_REVISION',
        `The action names ${target.name}, the command ${own.targets.join(', ') || 'nothing'}.`,
      ),
    );
  if (own.tool === 'kubectl' && !own.kinds.every((kind) => kind === kindOf(target.kind)))
    found.push(
      hit(
        'other-kind',
        'REQUEST_REVISION',
        `The action names a ${target.kind}, the command ${own.kinds.join(', ') || 'nothing'}.`,
      ),
    );
  if (own.tool === 'kubectl' && (own.namespace ?? '') !== (target.namespace ?? ''))
    found.push(
      hit(
        'other-namespace',
        'REQUEST_REVISION',
        `The action names namespace ${target.namespace ?? '(none)'}, the command ${own.namespace ?? '(none)'}.`,
      ),
    );
  if (own.effect !== 'read' && !isShown(target, own.tool, entities))
    found.push(hit('unknown-target', 'REQUEST_REVISION', `The evidence does not show ${target.name}.`));
  const image = own.verb === 'set image' ? (own.flags.get('image') ?? imageOf(own)) : undefined;
  if (image !== undefined && entities.named(image, ['image']).length === 0)
    found.push(hit('image-from-nowhere', 'REQUEST_REVISION', `The evidence does not show the image ${image}.`));
  return found;
};

/** Whether the evidence shows the target. Only the API's objects have kinds that both sides name alike. */
const isShown = ({ kind, name }: Action['target'], tool: string, entities: Entities): boolean =>
  tool === 'kubectl' ? entities.named(name, [kindOf(kind)]).length > 0 : entities.mentions(name);

const imageOf = ({ text }: CommandFact): string | undefined => /\s[\w.*-]+=(\S+)/.exec(text)?.[1];
