import type { CommandFact } from '../command-fact.js';

const READ =
  /^(describe|list|ls|get|show|head|lookup|search|status|info|inspect|view|read|query|check|validate|verify|test|diff|plan|log|logs|history|version|help|whoami|top|stat|stats|ps|wait|tail|watch|batch-get|estimate|preview|scan|select|filter|explain|ping|count|print|dump-config|completion|env|output|outputs|graph|fmt|lint|display|find|export-config|browse|exists|options|can-i|doctor|manifests|resources|names|versions|usage|whoami|events|health|download|url|decode|du|cat|what)$/;
const DESTROY =
  /^(delete|del|rm|remove|destroy|terminate|purge|drop|wipe|erase|uninstall|teardown|truncate|revoke|deregister|shutdown|poweroff|nuke|empty|flush|flushall|flushdb|prune|force-delete|undelete-protect|rb|disassociate|detach|cancel|release|deactivate|unsubscribe|reset|abort|forget|clear|kill|undeploy|disable)$/;
const CHANGE =
  /^(create|add|update|modify|put|set|edit|apply|start|stop|reboot|restart|attach|associate|enable|register|deploy|import|upload|push|copy|cp|mv|move|sync|restore|promote|failover|resize|scale|run|invoke|send|publish|tag|untag|rotate|change|patch|replace|upgrade|install|rollback|login|logout|assume|enable|allow|authorize|grant|accept|execute|exec|submit|build|init|config|configure|reload|pause|resume|suspend|increase|decrease|provision|bind|unbind|merge|close|open|activate)$/;

/** What a word in the place of a verb says: `delete-bucket`, `terminate_instances` and `rm` destroy, `describe-x` reads. */
export const effectOfVerb = (word: string): CommandFact['effect'] => {
  const lower = word.toLowerCase();
  if (/^(batch-(get|describe|check)|start-query$|simulate-|select-)/.test(lower)) return 'read';
  const lead = lower.split(/[-_:]/)[0] ?? '';
  for (const part of [lower, lead]) {
    if (DESTROY.test(part)) return 'destroy';
    if (READ.test(part)) return 'read';
    if (CHANGE.test(part)) return 'change';
  }
  // `batch-delete-image`, `repo-delete`: what destroys may stand further in.
  return lower.split(/[-_:]/).some((part) => DESTROYS_ANYWHERE.test(part)) ? 'destroy' : 'unknown';
};

const DESTROYS_ANYWHERE = /^(delete\w*|deletion|remove|purge|destroy|terminate|drop|wipe|erase|cleanup)$/;
