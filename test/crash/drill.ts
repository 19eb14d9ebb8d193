import { SERVICES, type Service } from '@inquest/standalone';
import { Deaths } from './deaths.js';
import { gatewayEar } from './gateway-ear.js';
import type { Fault, Victim } from './faults/index.js';
import { History, type FaultSpan } from './history.js';
import { Load } from './load.js';
import { Observer } from './observer.js';
import { judge, quiesce } from './oracle.js';
import type { PlaceToDie, Stimulus } from './points.js';
import { SeededRandom } from '@inquest/testing';
import { startRig, type Rig, type RigOptions } from './rig.js';
import { HARM_OF, isOfStimulus, stimulate } from './stimuli.js';
import type { Verdict } from './verdict.js';

export interface DrillOptions extends Pick<RigOptions, 'replicas' | 'redis' | 'env' | 'model'> {
  readonly seed: number;
  /** Incidents per second. */
  readonly rate: number;
}

/** The gateways' lines are heard, which say what they acted on. */
const LOUD = { LOG_LEVEL: 'info' };

/** How long a service may take to come to the point where it is to die. */
const REACHED_WITHIN_MS = 20_000;
/** Until the last session has ended and the last entry is acknowledged, after the last fault was healed. */
const QUIET_WITHIN_MS = 90_000;
/** Passings of a point before the one that kills, at most. */
const NTH_MAX = 4;
const ANY_MOMENT = 'SIGKILL at any moment';

/** A system under load that is harmed on purpose; at the end the oracle judges what became of its sessions. */
export class Drill {
  /** For what is done to the system, one thing after the other; nothing else takes numbers from it. */
  readonly random: SeededRandom;
  /** Services that will die at a point or have died there, by name; a healthy one has to take their place. */
  private readonly struck = new Map<string, { readonly service: Service; readonly index: number; died?: FaultSpan }>();

  private unobserved: Promise<void> | undefined;

  private constructor(
    readonly rig: Rig,
    readonly history: History,
    private readonly deaths: Deaths,
    private readonly observer: Observer,
    private readonly load: Load,
    random: SeededRandom,
  ) {
    this.random = random;
  }

  static async start({ seed, rate, replicas, redis, env, model }: DrillOptions): Promise<Drill> {
    const random = new SeededRandom(seed);
    const deaths = new Deaths();
    const history = new History();
    const running: { rig?: Rig } = {};
    const onLine = gatewayEar(history, () => running.rig?.processes);
    const rig = await startRig({ replicas, redis, env: { ...LOUD, ...env }, model, onLine, onLost: deaths.note });
    running.rig = rig;
    const observer = await Observer.start(rig, history);
    const load = new Load(rig, history, random.fork(), rate);
    load.start();
    return new Drill(rig, history, deaths, observer, load, random);
  }

  /** Processes of services that were killed by SIGKILL so far. */
  get kills(): number {
    return this.deaths.kills;
  }

  /** Lets one replica of the service die at that point, and answers after its death. False when it did not come there in time. */
  async dieAt({ service, point, stimulus }: PlaceToDie): Promise<boolean> {
    const index = this.strickenOf(service) ?? this.random.below(this.rig.processes.urls(service).length);
    const nth = stimulus === 'none' ? 1 + this.random.below(NTH_MAX) : 1;
    const name = `${service}.${index}`;
    const before = await this.replace(service, index, { INQUEST_FAILPOINTS: `${point}=kill@${nth}` });
    this.struck.set(name, { service, index });
    const died = await this.untilDead(name, before, () => this.stimulate(stimulus, service, index));
    if (died) this.struck.set(name, { service, index, died: this.spanOf(point, service) });
    return died;
  }

  /** Every service is healthy before it happens, so that what follows is this fault's doing. */
  async suffer(fault: Fault, victim: Victim): Promise<void> {
    await this.heal();
    const fromMs = Date.now();
    await fault.run(this.rig, victim, this.random);
    this.history.fault({ name: fault.name, victim, fromMs, toMs: Date.now() });
  }

  /** Puts a healthy service in the place of each that died at a point, or that never came there. */
  async heal(): Promise<void> {
    for (const { service, index } of [...this.struck.values()]) await this.replace(service, index);
  }

  /** Ends the load, waits until all has come to rest, and judges. */
  async verdict(): Promise<Verdict> {
    await this.heal();
    await this.load.stop();
    await quiesce(this.rig, this.history, QUIET_WITHIN_MS);
    await this.unobserve();
    return judge(this.rig, this.history, { replicas: this.replicas, isExpectedLetter: isOfStimulus });
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await this.unobserve();
    await this.rig.stop();
  }

  /** A stimulus reaches any replica of the service, so it is given until it has reached this one. */
  private async untilDead(name: string, before: number, stimulate: () => Promise<void>): Promise<boolean> {
    const giveUpAtMs = performance.now() + REACHED_WITHIN_MS;
    while (performance.now() < giveUpAtMs) {
      await stimulate();
      if (await this.deaths.next(name, before, REACHED_WITHIN_MS / 4)) return true;
    }
    return false;
  }

  /** One that lies dead is struck again, in its successor, so that its peers live. */
  private strickenOf(victim: Service): number | undefined {
    return [...this.struck.values()].find(({ service }) => service === victim)?.index;
  }

  private async stimulate(stimulus: Stimulus, service: Service, index: number): Promise<void> {
    const fromMs = Date.now();
    await stimulate(this.rig, stimulus, service, index);
    const harm = HARM_OF[stimulus];
    if (harm) this.history.fault({ ...harm, fromMs, toMs: Date.now(), hadPeer: false });
  }

  /** One that lives is killed first: it does not go in peace either. Answers how often it had died before its successor came. */
  private async replace(service: Service, index: number, env?: Readonly<Record<string, string>>): Promise<number> {
    const name = `${service}.${index}`;
    const died = this.struck.get(name)?.died ?? this.spanOf(ANY_MOMENT, service);
    await this.rig.processes.kill(service, index);
    const before = this.deaths.of(name);
    try {
      await this.rig.processes.restart(service, index, env);
    } catch (error) {
      // It may come to its point before anybody has seen it ready: it takes up at once what its predecessor left.
      if (env === undefined || this.deaths.of(name) === before) throw error;
    }
    this.history.fault({ ...died, toMs: Date.now() });
    this.struck.delete(name);
    return before;
  }

  private unobserve(): Promise<void> {
    this.unobserved ??= this.observer.stop();
    return this.unobserved;
  }

  private get replicas(): Record<Service, number> {
    const { processes } = this.rig;
    return Object.fromEntries(SERVICES.map((service) => [service, processes.urls(service).length])) as Record<Service, number>;
  }

  private spanOf(name: string, victim: Service): FaultSpan {
    const hadPeer = this.rig.processes.urls(victim).length > 1;
    return { name, victim, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY, hadPeer };
  }
}
