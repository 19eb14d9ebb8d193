import { has, readOptions } from '../options.js';
import type { ToolReader } from './tool.js';

/** Verbs below which something may be changed, and the words there that only look. */
const PACKAGE_GROUP = /^(config|history|cache|audit)$/;
const LOOKS_BELOW = /^(get|list|ls|info|dir|verify|debug|show|summary|search|userinstalled|signatures|policy|\d*)$/;
/** Managers whose `update` fetches lists, and whose `-s` simulates. */
const FETCHES_LISTS = /^(apt|apt-get|aptitude|apk|brew)$/;

export const packages: ToolReader = (words, _invocation, tool) => {
  const { flags, operands } = readOptions(words, new Set(['o', 't', 'c']));
  const verb = operands[0] ?? '';
  const reads =
    (/^(list|show|search|info|policy|madison|depends|rdepends|cache|check|check-update|view|outdated|ls|audit|why|freeze|repolist|provides|help|config|history|query)$/.test(
      verb,
    ) &&
      (!PACKAGE_GROUP.test(verb) || LOOKS_BELOW.test(operands[1] ?? ''))) ||
    has(flags, 'simulate', 'dry-run', 'just-print') ||
    (/^apt/.test(tool) && has(flags, 's'));
  return {
    verb,
    effect: reads
      ? 'read'
      : /^(remove|purge|autoremove|erase|uninstall|rm)$/.test(verb)
        ? 'destroy'
        : verb === 'update' && FETCHES_LISTS.test(tool)
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

const DELETES_IN_LUA = /call\s*\(\s*['"](flushall|flushdb|shutdown|del|unlink)['"]/i;

/** What a group of commands of Redis only looks at. */
const REDIS_LOOKS =
  /^(|get|list|info|id|getname|getredir|trackinginfo|nodes|slots|shards|links|keyslot|countkeysinslot|getkeysinslot|slaves|replicas|myid|myshardid|count-failure-reports|slot-stats|usage|stats|doctor|malloc-stats|help|len|latest|history|histogram|graph|count|docs|getkeys|getkeysandflags)$/;

export const redis: ToolReader = (words) => {
  const { flags, operands } = readOptions(
    words,
    new Set(['h', 'p', 'a', 'n', 'u', 'user', 'pass', 'i', 's', 'pattern', 'eval', 'rdb']),
  );
  const verb = (operands[0] ?? '').toLowerCase();
  if (/^(flushall|flushdb|shutdown)$/.test(verb))
    return {
      verb,
      effect: 'destroy',
      kinds: ['database'],
      marks: verb === 'shutdown' ? ['stops-database'] : ['drops-data'],
      scopeAll: true,
    };
  if (/^(eval|evalsha|fcall)$/.test(verb) && operands.some((text) => DELETES_IN_LUA.test(text)))
    return { verb, effect: 'destroy', kinds: ['database'], marks: ['drops-data'] };
  if (
    verb === '' &&
    [...flags.keys()].some((name) => /^(latency(-history|-dist)?|bigkeys|memkeys|hotkeys|stat|scan|version|help)$/.test(name))
  )
    return {
      verb,
      effect: has(flags, 'eval', 'rdb', 'functions-rdb', 'pipe', 'lru-test') ? 'change' : 'read',
      kinds: ['database'],
    };
  const second = (operands[1] ?? '').toLowerCase();
  if (
    /^(get|mget|keys|scan|info|ping|ttl|type|exists|dbsize|llen|lrange|hget|hgetall|scard|smembers|zrange|zcard|xlen|xinfo|xrange|slowlog|client|memory|latency|monitor|time|role|cluster|config|command)$/.test(
      verb,
    )
  )
    return {
      verb,
      effect:
        /^(cluster|config|client|memory|latency|slowlog|command)$/.test(verb) && !REDIS_LOOKS.test(second) ? 'change' : 'read',
      kinds: ['database'],
    };
  return {
    verb,
    effect: /^(del|unlink|debug|migrate|script)$/.test(verb) ? 'destroy' : 'change',
    kinds: ['database'],
    targets: operands.slice(1),
  };
};

/** Calls of the MongoDB shell that look. */
const MONGO_READS =
  /^(currentOp|status|conf|config|serverStatus|stats|dataSize|storageSize|find|findOne|count|countDocuments|estimatedDocumentCount|distinct|explain|getIndexes|indexStats|limit|skip|sort|toArray|pretty|forEach|printjson|print|JSON\.stringify|tojson|version|hostInfo|hello|isMaster|getCollectionNames|getCollectionInfos|getCollection|getSiblingDB|getDBNames|getProfilingStatus|printSecondaryReplicationInfo|printReplicationInfo|getReplicationInfo|getReplicationConfig|serverBuildInfo|serverCmdLineOpts|getLogComponents|latencyStats|maxTimeMS|hint|projection|getMongo|ISODate|ObjectId|NumberLong|Date)$/;

/** A method that is handed over to be called, by its name at the end of a path. */
const HANDS_OVER =
  /\.(remove|drop|delete|insert|update|replace|rename|bulk|create|save|shutdown|eval|run|kill|convert|find(OneAnd|AndModify)|fsync|adminCommand|mapReduce|compact|re?index|set|add|enable|disable|grant|revoke|stepDown|freeze|reconfig|initiate)[\w$]*(?![\w$]|\s*[.(])|\bforEach\s*\(\s*(?!(print|printjson|tojson)\s*\))/;

/** True when all it calls looks, and nothing is called under a name that is worked out. */
const onlyLooks = (code: string): boolean => {
  if (
    code.length > 2_000 ||
    /[`=]|\$(out|merge|where|function|accumulator)|[\])}]\s*\(|\bnew\b|\\/.test(code) ||
    HANDS_OVER.test(code)
  )
    return false;
  const calls = [...code.matchAll(/([\w$.]*?)([\w$]+)\s*\(/g)].map(([, path = '', name = '']) =>
    /^JSON\.$/.test(path) ? `JSON.${name}` : name,
  );
  return (
    (calls.length > 0 && calls.every((name) => MONGO_READS.test(name))) ||
    /^\s*show (dbs|databases|collections|users|roles|log \w+)\s*;?\s*$/.test(code)
  );
};

export const mongo: ToolReader = (words) => {
  const text = words.map((word) => word.text).join(' ');
  const destroys =
    /\.(drop|dropDatabase|deleteMany|remove|deleteOne|shutdownServer|dropIndexes|drop_\w+|findOneAndDelete|bulkWrite)\s*\(|\[\s*['"]drop/.test(
      text,
    );
  const { flags, operands } = readOptions(
    words,
    new Set(['eval', 'host', 'port', 'u', 'p', 'username', 'password', 'authenticationDatabase']),
  );
  const scripts = operands.some((word) => /\.(js|mongodb)$/.test(word)) || has(flags, 'f', 'file', 'shell');
  if (!destroys && !scripts && words.every(({ known }) => known) && onlyLooks(flags.get('eval') ?? ''))
    return { verb: 'eval', effect: 'read', kinds: ['database'] };
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
