import { has, readOptions } from '../options.js';
import type { ToolReader } from './tool.js';

export const packages: ToolReader = (words) => {
  const { flags, operands } = readOptions(words, new Set(['o', 't', 'c']));
  const verb = operands[0] ?? '';
  const reads =
    /^(list|show|search|info|policy|madison|depends|rdepends|cache|check|check-update|view|outdated|ls|audit|why|freeze|repolist|provides|help|config|history|query)$/.test(
      verb,
    ) || has(flags, 's', 'simulate', 'dry-run', 'just-print');
  return {
    verb,
    effect: reads
      ? 'read'
      : /^(remove|purge|autoremove|erase|uninstall|rm)$/.test(verb)
        ? 'destroy'
        : verb === 'update'
          ? 'remedy'
          : 'change',
    kinds: ['package'],
    targets: operands.slice(1),
    flags,
  };
};

export const dropsDatabase: ToolReader = (words, _invocation, tool) => ({
  verb: tool,
  effect: 'destroy',
  kinds: ['database'],
  targets: words.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text),
  marks: ['drops-data'],
});

export const redis: ToolReader = (words) => {
  const { operands } = readOptions(words, new Set(['h', 'p', 'a', 'n', 'u', 'user', 'pass', 'i', 's']));
  const verb = (operands[0] ?? '').toLowerCase();
  if (/^(flushall|flushdb|shutdown)$/.test(verb))
    return {
      verb,
      effect: 'destroy',
      kinds: ['database'],
      marks: verb === 'shutdown' ? ['stops-database'] : ['drops-data'],
      scopeAll: true,
    };
  const second = (operands[1] ?? '').toLowerCase();
  if (
    /^(get|mget|keys|scan|info|ping|ttl|type|exists|dbsize|llen|lrange|hget|hgetall|scard|smembers|zrange|zcard|xlen|xinfo|xrange|slowlog|client|memory|latency|monitor|time|role|cluster|config|command)$/.test(
      verb,
    )
  )
    return {
      verb,
      effect: /^(kill|set|reset|failover|purge|pause|setslot|flushslots|rewrite|forget|no-evict)$/.test(second)
        ? 'change'
        : 'read',
      kinds: ['database'],
    };
  return {
    verb,
    effect: /^(del|unlink|debug|migrate|script)$/.test(verb) ? 'destroy' : 'change',
    kinds: ['database'],
    targets: operands.slice(1),
  };
};

export const mongo: ToolReader = (words) => {
  const text = words.map((word) => word.text).join(' ');
  const destroys = /\.(drop|dropDatabase|deleteMany|remove|deleteOne|shutdownServer|dropIndexes)\s*\(/.test(text);
  return {
    verb: 'eval',
    effect: destroys ? 'destroy' : 'unknown',
    kinds: ['database'],
    marks: destroys ? ['drops-data'] : [],
    unresolved: destroys ? [] : ['the script is not read'],
  };
};

export const sqlClient: ToolReader = (words) => ({
  effect: words.some(({ text }) => /^-+(l|list|V|version|help|\?)$/.test(text)) ? 'read' : 'remedy',
  kinds: ['database'],
});
