import { z } from 'zod';

const GLOBS_MAX = 500;

const Glob = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x20-\x7e]*$/, 'only printable ASCII');
/** One pattern or several, of which any may fit; `*` stands for any characters, `?` for one. */
const Globs = z.union([Glob, z.array(Glob).min(1).max(100)]).transform((given) => (Array.isArray(given) ? given : [given]));

const EFFECTS = ['read', 'remedy', 'change', 'destroy', 'unknown'] as const;
/** Least strict first. What no tier names counts as `standard`. */
export const TIERS = ['standard', 'high', 'critical'] as const;
export const Tier = z.enum(TIERS);
export type Tier = z.infer<typeof Tier>;

/** What a rule looks at in one command or statement; every condition that is given must fit. */
export const Match = z
  .strictObject({
    /** Name of the program without its path, wrappers such as `sudo` taken off; `sql` for a statement. */
    program: Globs.optional(),
    /** `delete`, `rollout restart`, `s3 rm`, …; for SQL the statement. */
    verb: Globs.optional(),
    effect: z
      .union([z.enum(EFFECTS), z.array(z.enum(EFFECTS)).min(1)])
      .transform((given) => (Array.isArray(given) ? given : [given]))
      .optional(),
    /** Kind in the singular: `deployment`, `node`, `table`, `file`, … */
    kind: Globs.optional(),
    namespace: Globs.optional(),
    tier: Tier.optional(),
    /** Name or path of what is touched. */
    resource: Globs.optional(),
    /** Any one word of the command line. */
    argument: Globs.optional(),
  })
  .refine((match) => Object.values(match).some((condition) => condition !== undefined), {
    error: 'give at least one condition; a rule without any would stop everything',
  });
export type Match = z.infer<typeof Match>;

export const OperatorRule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, 'small letters, digits and dashes, e.g. no-ledger-restarts'),
  /** Shown to people, in a sentence. */
  reason: z.string().trim().min(1).max(500),
  /** Where the rule comes from: a link, a ticket, a policy. */
  reference: z.string().max(500).default(''),
  verdict: z.enum(['revise', 'reject'], { error: 'must be "revise" or "reject"; a rule here can only make judgement stricter' }),
  /** Added to the blast radius when the rule matches. */
  points: z.int().min(0).max(100).default(0),
  match: Match,
});
export type OperatorRule = z.infer<typeof OperatorRule>;

/** The file that operators write: how much namespaces matter, and rules beside the built-in ones. */
export const SafetyRulesFile = z
  .strictObject({
    tiers: z.strictObject({ critical: Globs.optional(), high: Globs.optional(), standard: Globs.optional() }).default({}),
    rules: z.array(OperatorRule).max(200).default([]),
  })
  .superRefine(({ tiers, rules }, context) => {
    const seen = new Set<string>();
    rules.forEach(({ id }, index) => {
      if (seen.has(id))
        context.addIssue({ code: 'custom', path: ['rules', index, 'id'], message: `there is another rule ${id}` });
      seen.add(id);
    });
    const lists = [...Object.values(tiers), ...rules.flatMap(({ match }) => Object.values(match))];
    const globs = lists.reduce((sum, list) => sum + (Array.isArray(list) ? list.length : 1), 0);
    if (globs > GLOBS_MAX)
      context.addIssue({ code: 'custom', path: [], message: `holds ${globs} patterns; ${GLOBS_MAX} are the most` });
  });
export type SafetyRulesFile = z.infer<typeof SafetyRulesFile>;
