/**
 * What lines of events, logs and status messages can say, by name. All patterns run in time linear in the line (gaps are bounded).
 * The first group, where there is one, is the thing the line speaks of: a variable, a config map, a target.
 */
export const PATTERNS = {
  oom_killed:
    /OOM-?Kill|out of memory: kill|cgroup out of memory|OutOfMemoryError|heap out of memory|MemoryError\b|cannot allocate memory|exit(?:ed with)? code:? 137/i,
  crash_loop: /CrashLoopBackOff|Back-off restarting failed container/i,
  start_error:
    /executable file not found|exec format error|StartError|RunContainerError|ContainerCannotRun|CreateContainerError\b|OCI runtime create failed|exec: "?([\w./-]+)"?:/i,
  image_pull:
    /ImagePullBackOff|ErrImagePull|failed to pull (?:and unpack )?image(?: "?([^\s"]+))?|Back-off pulling image(?: "?([^\s"]+))?|InvalidImageName|ErrImageNeverPull|manifest unknown|failing to pull image/i,
  image_denied:
    /pull access denied|authorization failed|no basic auth credentials|imagepullsecret|failed to authorize|unauthorized: authentication required/i,
  liveness_probe: /liveness probe (?:failed|errored)|failed liveness probe|failing liveness probe/i,
  readiness_probe: /readiness probe (?:failed|errored)|failed readiness probe|readiness probes? (?:is|are)? ?failing/i,
  startup_probe: /startup probe (?:failed|errored)|failed startup probe/i,
  unschedulable: /FailedScheduling|\d+\/\d+ nodes are available|\bUnschedulable\b|NotTriggerScaleUp|didn't trigger scale-up/,
  insufficient: /Insufficient ([a-z][\w./-]{1,60})/,
  taint: /untolerated taint(?:\(s\))?(?: \{([^}]{1,100})\})?|had taint|taints? that the pod didn't tolerate/i,
  affinity:
    /didn't match (?:Pod's node |pod )?(?:affinity|anti-affinity|node selector|selector)|node\(s\) didn't match|didn't satisfy .{0,40}(?:affinity|anti-affinity|topology)|topology spread constraints/i,
  volume_affinity: /volume node affinity conflict/i,
  too_many_pods: /Too many pods|KubeletTooManyPods/i,
  quota:
    /exceeded quota(?:: ([\w.-]+))?|quota exceeded|failed quota|exceeds? (?:the )?(?:resource )?quota|LimitRange|(?:maximum|minimum) (?:cpu|memory) usage per/i,
  disruption_budget: /disruption budget|PodDisruptionBudget|Cannot evict pod/i,
  node_not_ready:
    /NodeNotReady|NodeLost|Kubelet stopped posting|NodeStatusUnknown|node .{0,80}is (?:not ready|unresponsive|unreachable)|node\.kubernetes\.io\/(?:not-ready|unreachable)|lost (?:kubelet )?heartbeat/i,
  evicted: /\bEvicted\b|The node was low on resource: ?([\w-]+)|EvictionThresholdMet|attempting to reclaim ([\w-]+)/,
  node_pressure:
    /NodeHas(?:Disk|Memory|PID)?Pressure|NodeHasInsufficient(?:Memory|PID)|node\.kubernetes\.io\/(?:memory|disk|pid)-pressure|\b(?:Memory|Disk|PID)Pressure (?:is )?True/,
  spot_interruption:
    /spot (?:instance )?interruption|instance-action.{0,20}terminate|node (?:was )?(?:preempted|reclaimed)|host maintenance|instance retirement/i,
  cpu_throttling: /CPUThrottlingHigh|cpu (?:is )?(?:being )?throttl|cfs_throttled|throttled (?:\d+|periods)/i,
  hpa_limited:
    /ScalingLimited|TooManyReplicas|desired replica count is (?:more|greater) than the maximum|at max(?:imum)? replicas|KubeHpaMaxedOut|reached (?:its )?max(?:imum)? ?replicas/i,
  hpa_blind:
    /FailedGetResourceMetric|FailedComputeMetricsReplicas|unable to (?:get|fetch) metrics|missing request for (?:cpu|memory)|no metrics returned/i,
  mount_failed: /FailedMount|FailedAttachVolume|MountVolume\.\w+ failed|Unable to attach or mount volumes|Multi-Attach error/i,
  claim_unbound:
    /unbound immediate PersistentVolumeClaims|persistentvolumeclaim "?([\w.-]+)"? (?:not found|is pending)|ProvisioningFailed|storageclass\S{0,20} "?([\w.-]+)"? not found|no persistent volumes available|waiting for a volume to be created/i,
  config_missing:
    /(?:configmaps?|secrets?) "?([\w./-]+?)"? not found|couldn't find key ([\w.-]+) in|references non-existent (?:config|secret) key:? ?([\w.-]*)|CreateContainerConfigError/i,
  variable_missing:
    /(?:env(?:ironment)?(?: var(?:iable)?s?)?|variables?|settings?)[:\s]{1,2}["'`$]?([A-Z][A-Z0-9_]{2,60})["'`]? (?:is |are |was )?(?:undefined|unset|not (?:set|defined|found|provided)|missing|empty|required|blank)|missing (?:required |mandatory )?(?:env(?:ironment)?(?: var(?:iable)?s?)?|variables?|settings?|config(?:uration)?)(?: value)?[:\s]{1,2}["'`$]?([A-Z][A-Z0-9_]{2,60})|\b([A-Z][A-Z0-9]{1,20}_[A-Z0-9_]{1,60})["'`]? (?:environment variable )?(?:is |are |was )?(?:undefined|unset|not (?:set|defined|configured|provided)|missing|must be set|required)|KeyError: ["']([A-Z][A-Z0-9_]{2,60})["']/,
  config_invalid:
    /invalid (?:configuration|config|value for|setting|argument)|config(?:uration)? (?:error|is invalid|file .{0,80}not found|validation failed)|failed to (?:parse|load|read) (?:the )?(?:config|settings|yaml|\S+\.(?:ya?ml|json|toml|conf|ini|properties))|unknown (?:field|option|flag|directive|argument)|unrecognized (?:option|argument|configuration)|\[emerg\]|(?:open|stat|read) [^\s:]{2,120}: no such file or directory|No such file or directory: ?'?([\w./-]+)|error parsing|yaml: line \d+/i,
  forbidden:
    /is forbidden: (?!exceeded)|cannot (?:get|list|watch|create|patch|update|delete) resource "?([\w./-]+)|error looking up service account|serviceaccount "?([\w./-]+)"? not found|AccessDenied|not authorized to perform|admission webhook .{1,120} denied|violates PodSecurity|UnauthorizedOperation|insufficient(?:_| )permissions?/i,
  file_denied: /read-only file system|EACCES|Permission denied|Operation not permitted|runAsNonRoot/i,
  dns: /NXDOMAIN|no such host|Name or service not known|EAI_AGAIN|ENOTFOUND|NameResolutionError|(?:Temporary failure in )name resolution|could(?: not|n't) resolve (?:host)?|cannot resolve|server misbehaving|SERVFAIL|no servers could be reached|server can't find [\w.-]+|Host [\w.-]{1,120} not found: \d|Failed to resolve '?([\w.-]+)|DNS (?:lookup|resolution) (?:failed|timeout)/i,
  refused: /connection refused|ECONNREFUSED|actively refused/i,
  unreachable:
    /ETIMEDOUT|EHOSTUNREACH|no route to host|network is unreachable|i\/o timeout|connect(?:ion)? time(?:d ?|-)?out|connect(?:ion)? timed out|timed out (?:connecting|waiting|after)|deadline exceeded|upstream (?:connect error|request timeout|timed out)|no healthy upstream|(?:unable|failed|could not|cannot|can't) (?:to )?(?:connect|reach|establish)|(?:redis|database|db|mongo\w*|mysql|postgres\w*|kafka|rabbitmq|broker|cache|connection)\b.{0,30}(?:unavailable|unreachable|timed? ?out|timeouts?|connection (?:failed|error|lost))|All host\(s\) tried|host .{0,30}(?:considered|marked|is) (?:as )?down\b|MongoNetworkError|MongoServerSelectionError|LEADER_NOT_AVAILABLE|NoBrokersAvailable|SequelizeConnection\w*Error|CommunicationsException/i,
  gateway_error:
    /\b50[234]\b.{0,30}(?:bad gateway|service unavailable|gateway time-?out)|Bad Gateway|Service Unavailable|status(?:code|_code)?[=:" ]{1,3}50[234]/i,
  reset:
    /ECONNRESET|connection reset|broken pipe|socket hang up|server closed the connection unexpectedly|terminating connection due to administrator/i,
  credentials:
    /password authentication failed|Access denied for user|authentication (?:failed|error|failure)\b|invalid (?:credentials|password|token|api[ _-]?key)|NOAUTH|WRONGPASS|401 Unauthorized|SASL authentication/i,
  certificate:
    /certificate (?:has |is )?(?:expired|not yet valid)|CERT_HAS_EXPIRED|x509: |certificate verify failed|certificate (?:will )?expir|SSL.{0,30}expired|tls: (?:bad|expired) certificate/i,
  version_mismatch:
    /unsupported (?:protocol|version|wire version)|requires? (?:at least )?(?:server )?version|incompatible (?:version|with)|maxWireVersion|deprecated API|no matches for kind/i,
  migration:
    /could not obtain (?:migration )?lock|migration.{0,40}(?:failed|in progress|lock|error|pending)|(?:failed|error).{0,30}migrat|relation "?([\w.]+)"? does not exist|column "?([\w.]+)"? (?:of relation .{0,60})?does not exist|Unknown column/i,
  too_many_connections:
    /too many (?:connections|clients)|remaining connection slots|connection(?:s)? (?:pool )?(?:is |was )?exhausted|pool (?:is )?(?:exhausted|timeout)|QueuePool limit|waiting for (?:a )?connection from (?:the )?pool|approaching the maximum of|connection count at \d|(?:reached|exceed\w*|at|over).{0,30}max_connections|connection limit (?:reached|exceeded|for)|HikariPool.{0,60}not available/i,
  lock_contention:
    /deadlock(?:s)? (?:detected|found)|Lock wait timeout|due to lock timeout|could not obtain lock on|blocked by (?:pid|process|transaction)|waits for a lock|still waiting for \w+Lock|AccessExclusiveLock|idle in transaction|long[- ]running transaction|blocking (?:session|query|transaction)/i,
  slow_query:
    /slow quer|statement timeout|query (?:took|execution time|exceeded)|full table scan|seq(?:uential)? scan|missing index|duration: \d{4,}/i,
  query_error: /syntax error at or near "?([^\s"]{1,40})|SQLSTATE[^\w]{0,3}(?:42|22)|(?:SQL|query) (?:syntax )?error/i,
  constraint:
    /duplicate key value violates|violates (?:unique|foreign[- ]key|not-null|check) constraint(?: "?([\w.]+))?|null value in column|Duplicate entry/i,
  data_format:
    /schema (?:mismatch|validation)|unexpected token|JSON\.?(?:Decode|parse)\w*(?: ?error)?|malformed|invalid (?:json|utf-?8|byte sequence|date|format)|deserializ\w+ (?:error|exception|failed)|corrupt(?:ed)? (?:data|record|message|file)/i,
  disk_full:
    /No space left on device|ENOSPC|disk (?:is )?(?:almost )?full|(?:ran )?out of (?:disk|storage)(?: space)?|storage is (?:critically )?low|free storage space is (?:critically )?low|insufficient storage|disk quota exceeded|DiskFull|storage[- ]full/i,
  replication_lag: /replication lag|replica.{0,20}\blag\b|replica.{0,40}(?:behind|stale)|lag has exceeded/i,
  checkpoint:
    /checkpoints? (?:are|is) occurring too frequently|checkpoint (?:storm|spike|starting|complete|request|took|write)|forced checkpoint|max_wal_size/i,
  vacuum:
    /autovacuum\b.{0,60}(?:cancel|fail|behind|keep up|block|prevent|stuck|disabled|not running)|(?:cancel|block|prevent|stuck)\w*.{0,30}autovacuum|dead (?:tuples|rows)|(?:table|index) bloat|wraparound|not accepting commands to avoid/i,
  failover:
    /failover (?:has been )?(?:initiated|started|in progress|completed)|finished a (?:Multi-AZ )?failover|(?:standby|replica).{0,30}promoted|failing over|Multi-AZ .{0,20}failover/i,
  host_failure:
    /host (?:hardware )?failure|health check failure on primary|underlying host|hardware (?:failure|issue)|availability zone .{0,40}(?:outage|impair|unavailable)|recovery of the DB instance|crash recovery/i,
  low_memory:
    /low(?:ering)? (?:on )?(?:freeable )?memory|memory (?:usage|utili[sz]ation|pressure).{0,30}(?:high|critical|9\d ?%|exceed)|swap(?:ping)? (?:usage )?(?:high|heav|increas)|memory leak|approaching (?:memory )?limit|vm\.overcommit|maxmemory|OOM command not allowed/i,
  io_limit:
    /(?:IOPS|throughput|burst).{0,30}(?:limit|credit|balance|exhaust|throttl|deplet)|disk queue|I\/O (?:saturat|throttl)/i,
  consumer_lag:
    /consumer (?:group )?lag|lag (?:is |of |= ?)?(?:high|growing|increasing|\d{3,})|total.?lag|(?:queue|topic).{0,40}(?:backlog|depth|growing|piling)|messages? (?:are )?(?:piling|backing) up|max\.poll\.interval|slow consumer/i,
  partition:
    /network[ _]?partitions?(?: detected)?[": ]{1,3}(?:true|\d)|(?:network|cluster) partition|partitioned|split[- ]brain|unreachable[_ ]nodes|is not running/i,
  broker_alarm: /(?:mem(?:ory)?|disk)(?: free)? alarm: true|resource alarm|(?:memory|disk) alarm|flow control/i,
  rate_limited: /\b429\b|rate.?limit|too many requests|request(?:s)? (?:was |were )?throttled|ThrottlingException|SlowDown/i,
  job_failed:
    /BackoffLimitExceeded|reached the specified backoff limit|Job.{0,30}(?:failed|DeadlineExceeded)|KubeJobFailed|CronJob.{0,40}(?:missed|failed)/i,
  rollout_stuck:
    /ProgressDeadlineExceeded|exceeded its progress deadline|timed out progressing|rollout (?:is )?stuck|UPGRADE FAILED|Reconcil\w+ (?:failed|error)|dry-?run failed|HelmRelease.{0,40}(?:failed|not ready)/i,
  no_endpoints:
    /has no endpoints|no endpoints available|Endpoints:\s{0,10}<none>|does not have any active Endpoint|no matching (?:pods|endpoints)|error obtaining endpoints/i,
  ingress:
    /(?:ingress|virtualservice|gateway|route).{0,60}(?:not found|misconfigur|invalid|no matching|404)|service "?([\w./-]+)"? (?:was )?not found|default backend|no route matched|NR route_not_found/i,
  module_missing:
    /ModuleNotFoundError|Cannot find module|No module named|ClassNotFoundException|NoClassDefFoundError|ImportError|undefined symbol|error while loading shared libraries/i,
  exception:
    /Traceback \(most recent|panic: |NullPointerException|\bTypeError\b|ReferenceError|Segmentation fault|SIGSEGV|UnhandledPromise|uncaught (?:exception|error)|AssertionError|IndexError|ValueError|ZeroDivisionError|AttributeError|NameError|KeyError|Exception in thread|stack overflow|index out of (?:range|bounds)|nil pointer|undefined is not|unhandled exception|RuntimeError/i,
  traffic_spike:
    /traffic (?:spike|surge|increase)|(?:requests?|rps|qps|traffic).{0,30}(?:spiked|surged|increased|doubled|tripled)|load test|flash sale|thundering herd/i,
  error_level: /\b(?:ERROR|FATAL|CRITICAL|SEVERE|EMERG)\b|\[(?:error|fatal|crit(?:ical)?)\]|level[=:]"?(?:error|fatal)/,
} as const satisfies Record<string, RegExp>;

export type PatternName = keyof typeof PATTERNS;

/** Lines without any of these words match no pattern; most lines of a log are like that. */
export const WORTH_READING =
  /err|fail|kill|back-?off|exit|probe|pull|schedul|insufficient|taint|affinity|match|quota|limit|budget|evict|ready|lost|pressure|spot|preempt|maintenance|retire|throttl|scal|replica|mount|attach|volume|claim|provision|not found|key|missing|undefined|unset|not set|required|must be|empty|blank|not def|invalid|config|unknown|unrecog|emerg|no such|forbid|cannot|can't|could|denied|permi|author|read-only|EACCES|domain|resol|name|lookup|refused|time|deadline|unreach|unavail|connect|upstream|reset|pipe|closed|hang up|password|credential|token|certificate|x509|ssl|tls|version|incompat|deprecat|migrat|does not exist|column|too many|slots|pool|exhaust|approach|deadlock|lock|idle|block|slow|scan|duration|query|syntax|duplicate|violat|null|schema|malform|corrupt|unexpected|space|ENOSPC|storage|disk|lag|behind|stale|checkpoint|wal|vacuum|dead|wrap|failover|promot|failing|host|hardware|zone|recovery|memory|oom|swap|iops|throughput|burst|queue|partition|split|alarm|rate|429|50[234]|job|rollout|upgrade|reconcil|endpoint|ingress|route|gateway|backend|module|class|import|symbol|trace|panic|exception|fault|segv|assert|overflow|index|nil|unhandled|traffic|load test|surge|fatal|critical|severe|crash|start|broker|running|reclaim/i;
