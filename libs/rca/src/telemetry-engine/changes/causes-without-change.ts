import type { KnownFault } from '../../fault-types.js';
import type { MeasuredSeries } from '../measured-series.js';

/** Something that breaks a service without anybody changing it. */
export interface OutsideCause {
  /** As a fault type, where there is one for it. */
  faultType?: KnownFault | undefined;
  reason: string;
  /** 1: a change of ours hardly explains it; less: it speaks for an outside cause among other things. */
  strength: number;
}

const PUBLIC_HOST = /\b(?:[a-z0-9-]+\.)+(?:com|net|io|org|cloud|dev|ai|co)\b/i;
const SAYS_IT_FAILS = /\b50[0234]\b|\b5xx\b|unavailable|outage|bad gateway/i;
const DOES_NOT_ANSWER = /deadline|timed? ?out|refused|unreachable|connection reset/i;
const NAME_NOT_RESOLVED =
  /no such host|enotfound|servfail|nxdomain|name resolution|temporary failure in name|server misbehaving|getaddrinfo|eai_again/i;
const RESOLVER = /coredns|kube-dns|nameserver|resolver|servfail/i;
const EXPIRED =
  /(?:token|credentials?|secret|licen[sc]e|api key) (?:has |have |is |are )?expired|certificate (?:has )?expired|certificate is expired|\bis expired\b|cert.{0,40}not (?:yet )?valid|expired cert/i;
const INFRASTRUCTURE =
  /node (?:is |was )?not ?ready|nodenotready|node (?:lost|down|failure)|host (?:is )?down|hardware (?:error|failure)|i\/o error|\bnvme\b|kernel panic|spot (?:instance|interruption)|preempted|(?:zone|region)\w* (?:outage|unavailable|degraded|impair\w*)|network partition|read-only file ?system|no space left on device/i;
const BAD_VALUE = /out of range|malformed|corrupt|invalid (?:byte|utf|value|character)|checksum mismatch|poison/i;
const SAME_AGAIN = /redeliver\w*|same offset|poison|offset=|record_id=|message_id=|producer=/i;
const BROKEN_CODE =
  /panic|nil pointer|null ?pointer|undefined|concurrent map|typeerror|keyerror|nameerror|attributeerror|does not exist|no mapping|unknown field|missing required|not found|class ?not ?found|no such method|syntax error|unexpected token/i;

const hosts = (lines: readonly string[]): number =>
  new Set(lines.flatMap((line) => line.match(/[a-z0-9-]+(?:\.[a-z0-9-]+){2,}|\b[a-z0-9-]+\.(?:com|net|io|org)\b/gi) ?? [])).size;

/**
 * What the symptoms say of causes that are no change. A single unresolved name may be a typo in a commit; several, or a resolver that
 * complains itself, are not. One message that comes back again and again is bad input, a format that nobody can read is a change.
 */
export const outsideCauses = (lines: readonly string[], series: readonly MeasuredSeries[]): OutsideCause[] => {
  const found: OutsideCause[] = [];
  const note = (faultType: KnownFault | undefined, strength: number, reason: string): void =>
    void found.push({ faultType, reason, strength });
  const unresolved = lines.filter((line) => NAME_NOT_RESOLVED.test(line));
  if (unresolved.length > 0 && (unresolved.some((line) => RESOLVER.test(line)) || hosts(unresolved) > 1))
    note('dns_failure', 1, `names of several hosts do not resolve: ${brief(unresolved[0])}`);
  const expired = lines.find((line) => EXPIRED.test(line));
  if (expired !== undefined) note('certificate_expired', 1, `something ran out of its validity: ${brief(expired)}`);
  const ended = series.find(
    ({ metric, before, during }) => /expir/i.test(metric) && before.centre > 0 && (during.at(-1) ?? 1) <= 0,
  );
  if (ended && expired === undefined) note('certificate_expired', 1, `${ended.metric} of ${ended.service} ran out`);
  const remote = lines.filter((line) => PUBLIC_HOST.test(line) && !NAME_NOT_RESOLVED.test(line));
  const failing = remote.find((line) => SAYS_IT_FAILS.test(line));
  // No answer may also be a timeout of ours that somebody made too short.
  const silent = remote.find((line) => DOES_NOT_ANSWER.test(line));
  if (failing !== undefined) note('dependency_unreachable', 1, `somebody else's service fails: ${brief(failing)}`);
  else if (silent !== undefined) note('dependency_unreachable', 0.5, `somebody else's service does not answer: ${brief(silent)}`);
  const broken = lines.find((line) => INFRASTRUCTURE.test(line));
  if (broken !== undefined) note(undefined, 1, `a machine or zone fails: ${brief(broken)}`);
  const bad = lines.find((line) => BAD_VALUE.test(line));
  if (bad !== undefined && lines.some((line) => SAME_AGAIN.test(line)))
    note('malformed_data', 1, `one message that cannot be handled comes again: ${brief(bad)}`);
  const surge = series.find(
    ({ metric, before, during }) => INBOUND.test(metric) && before.centre > 0 && (during.at(-1) ?? 0) > SURGE * before.centre,
  );
  if (surge && !lines.some((line) => BROKEN_CODE.test(line)))
    note('traffic_spike', 0.7, `${surge.metric} of ${surge.service} is more than ${SURGE} times the usual`);
  return found;
};

/** Requests that come in; queries that go out are as often the work of a change. */
const INBOUND = /^(?:http_)?(?:server_)?(?:inbound_|ingress_)?(?:requests?_(?:per_|rate)|rps|qps)/i;
const SURGE = 2.5;

const brief = (line: string | undefined): string => (line ?? '').slice(0, 120);
