import ts from 'typescript';

/** An effect that no fail point stands beside: a process can die there and no test would ever see it. */
export interface Uncovered {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Every call on one of these has a point before and after it, see `around` in @inquest/failpoints. */
const WRAPPED = new Set(['SessionStreams', 'SessionRecord', 'Deadlines', 'DeadLetters']);
/** Changes nothing outside this process. */
const LOCAL = /^(delay|hand\.inLane|inSpan|this\.clock\.\w+)$/;
const JOINT = /^Promise\.(all|allSettled|race)$/;
/** How an effect looks among the pure calls that prepare it: a method of a member, a script, a command. */
const EFFECT = /^this\.|\.run$|^send$/;
/** Ends after the last debate; dying in it is dying without it. */
const AT_THE_END = new Set(['beforeApplicationShutdown']);
/** Array and promise plumbing; what it plumbs is looked at by itself. */
const PLUMBING = /\.(map|filter|flatMap|sort|slice|then|catch|finally|values|keys|entries|some|find|findLast|forEach)$/;

type Kind = 'point' | 'covered' | 'local' | 'raw';
interface Wait {
  readonly node: ts.Node;
  readonly kind: Kind;
}

/**
 * Looks at every `await` and `for await`. Each is a fail point, a call that brings points of its own (on a wrapped object, or on a class
 * among these sources), or an effect that must have a fail point directly after it. An effect that a method ends with is its callers'
 * to follow up, and the proxy's when the method's class is wrapped.
 */
export const uncoveredAwaits = (sources: ReadonlyMap<string, string>): Uncovered[] => {
  const files = [...sources].map(([path, text]) => ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  const classes = new Set(
    files.flatMap((file) => file.statements.filter(ts.isClassDeclaration).map(({ name }) => name?.text ?? '')),
  );
  return files.flatMap((file) => functionsIn(file).flatMap((one) => judge(one, classes)));
};

const judge = (one: ts.FunctionLikeDeclaration, classes: ReadonlySet<string>): Uncovered[] => {
  const waits = waitsIn(one, classes).filter(({ kind }) => kind !== 'local');
  return waits.flatMap(({ node, kind }, index) => {
    if (kind !== 'raw') return [];
    const next = waits[index + 1];
    const followed = next ? next.kind === 'point' : isFollowedUp(one);
    if (followed) return [];
    const file = node.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    return [{ file: file.fileName, line, text: node.getText().split('\n', 1)[0] ?? '' }];
  });
};

/** Somebody else sees to the point after the last effect: callers in the same class, which are looked at, or the proxy around it. */
const isFollowedUp = (one: ts.FunctionLikeDeclaration): boolean => {
  const owner = classOf(one);
  if (!owner) return false;
  return WRAPPED.has(owner.name?.text ?? '') || callsIn(owner).includes(`this.${one.name?.getText() ?? ''}`);
};

const functionsIn = (file: ts.SourceFile): ts.FunctionLikeDeclaration[] => {
  const found: ts.FunctionLikeDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && !AT_THE_END.has(node.name?.getText() ?? '')) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

const waitsIn = (one: ts.FunctionLikeDeclaration, classes: ReadonlySet<string>): Wait[] => {
  const waits: Wait[] = [];
  const visit = (node: ts.Node): void => {
    if (node !== one && ts.isFunctionLike(node)) return; // It is looked at by itself.
    if (ts.isAwaitExpression(node)) waits.push({ node, kind: kindOf(node.expression, one, classes) });
    else if (ts.isForOfStatement(node) && node.awaitModifier)
      waits.push({ node: node.expression, kind: kindOf(node.expression, one, classes) });
    ts.forEachChild(node, visit);
  };
  if (one.body) visit(one.body);
  return waits;
};

const kindOf = (waited: ts.Node, one: ts.FunctionLikeDeclaration, classes: ReadonlySet<string>): Kind => {
  const kinds = calleesOf(waited).map((callee) => kindOfCall(callee, one, classes));
  if (kinds.includes('raw')) return 'raw';
  return kinds.find((kind) => kind !== 'local') ?? 'local';
};

/** What is waited for: the call itself, without the plumbing behind it; of several that are joined, each of this object's. */
const calleesOf = (waited: ts.Node): string[] => {
  if (!ts.isCallExpression(waited)) return [];
  const callee = nameOf(waited);
  if (PLUMBING.test(callee) && ts.isPropertyAccessExpression(waited.expression)) return calleesOf(waited.expression.expression);
  if (!JOINT.test(callee)) return [callee];
  return callsIn(waited).filter((name) => EFFECT.test(name) && !PLUMBING.test(name));
};

const callsIn = (node: ts.Node): string[] => {
  const found: string[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child)) found.push(nameOf(child));
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
};

const nameOf = (call: ts.CallExpression): string => call.expression.getText().replaceAll('?.', '.').replaceAll(/\s/g, '');

const kindOfCall = (callee: string, one: ts.FunctionLikeDeclaration, classes: ReadonlySet<string>): Kind => {
  if (/^(this\.)?(options\.)?at$/.test(callee)) return 'point';
  if (LOCAL.test(callee) || isFunctionOf(callee, one.getSourceFile())) return 'local';
  const [, member = '', method] = /^this\.(\w+)(?:\.([\w.]+))?$/.exec(callee) ?? [];
  if (member === '') return 'raw';
  if (method === undefined) return endOf(member, one, classes);
  const type = typeOfMember(member, one);
  if (WRAPPED.has(type)) return 'point';
  return classes.has(type) ? 'covered' : 'raw';
};

/** What a method of the same class leaves to its caller. */
const endOf = (name: string, caller: ts.FunctionLikeDeclaration, classes: ReadonlySet<string>): Kind => {
  const method = classOf(caller)
    ?.members.filter(ts.isMethodDeclaration)
    .find((member) => member.name.getText() === name);
  if (!method || method === caller) return 'covered';
  return waitsIn(method, classes).at(-1)?.kind === 'raw' ? 'raw' : 'covered';
};

/** Pure helpers of the same file; those that wait are looked at by themselves. */
const isFunctionOf = (name: string, file: ts.SourceFile): boolean =>
  file.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some((declared) => declared.name.getText() === name),
  );

const classOf = (node: ts.Node): ts.ClassLikeDeclaration | undefined =>
  ts.findAncestor(node, (ancestor): ancestor is ts.ClassLikeDeclaration => ts.isClassLike(ancestor));

const typeOfMember = (member: string, one: ts.FunctionLikeDeclaration): string => {
  const parameters = classOf(one)?.members.find(ts.isConstructorDeclaration)?.parameters ?? [];
  return parameters.find((parameter) => parameter.name.getText() === member)?.type?.getText() ?? '';
};
