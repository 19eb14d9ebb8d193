import { setTimeout as delay } from 'node:timers/promises';
import { aliveKey } from '../keys.js';
import type { RedisConnection } from '../redis-connection.js';
import { AnyReply, Count, send } from '../send.js';
import type { StreamEvents } from '../stream-events.js';
import type { Deliveries } from './deliveries.js';
import type { Hand } from './hand.js';
import { isNoGroup } from './blocking-line.js';
import { START, type Claim, type InboxGroup, type Peer } from './inbox-group.js';

/** What PTTL answers for a key that is not there. */
const NO_KEY = -2;

export interface UpkeepOptions {
  readonly redis: RedisConnection;
  readonly inbox: string;
  readonly group: InboxGroup;
  readonly hand: Hand;
  readonly deliveries: Deliveries;
  /** Entries per lane. */
  readonly workSize: number;
  readonly heartbeatMs: number;
  readonly aliveForMs: number;
  readonly claimAfterMs: number;
  readonly events: StreamEvents;
}

/** A consumer that left without striking itself off is forgotten after ten minutes without a sign and without an entry. */
const forgetAfterMs = 600_000;
const claimAtOnceMax = 1_000;

/**
 * What has to happen while entries flow: showing that we live, renewing what takes long, claiming what the dead left and what got
 * lost on its way to us, trimming what all have finished.
 */
export class Upkeep {
  private cursor = START;
  private netAtMs = performance.now();
  private claims = true;

  constructor(private readonly options: UpkeepOptions) {}

  /** Beats until it is told to end. */
  async keep(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      await this.beat();
      // Rejects only because of the signal, which ends the loop anyway.
      await delay(this.options.heartbeatMs, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  /** What we had in a former life under the same name, before anything new. */
  async claimOwn(minIdleMs = 0): Promise<void> {
    const { group, hand } = this.options;
    const claim = await group.claimFrom(group.consumer, claimAtOnceMax, minIdleMs, hand.ids);
    this.accept(claim, group.consumer, 'own-pending');
  }

  /** While the reader drains, what is left is for others. */
  claimNoMore(): void {
    this.claims = false;
  }

  async showAlive(): Promise<void> {
    const { redis, inbox, group, aliveForMs } = this.options;
    await send(redis, AnyReply, 'set', aliveKey(inbox, group.consumer), '1', 'PX', aliveForMs);
  }

  async showGone(): Promise<void> {
    await send(this.options.redis, AnyReply, 'del', aliveKey(this.options.inbox, this.options.group.consumer));
  }

  /** The group was lost. A cursor kept from before would skip what the new one holds. */
  async recreateGroup(): Promise<void> {
    this.cursor = START;
    if (await this.options.group.ensure()) this.options.events.noGroup?.({ inbox: this.options.inbox });
  }

  private async beat(): Promise<void> {
    const { inbox, group, hand, claimAfterMs, events } = this.options;
    try {
      const held = hand.dueForRenewal(claimAfterMs / 3);
      const renewal = held.length > 0 ? group.renew(held) : undefined;
      const [peers, trimmed] = await Promise.all([group.peers(), group.trim(), this.showAlive(), renewal]);
      if (trimmed > 0) events.trimmed?.({ inbox, entries: trimmed });
      if (!this.claims) return;
      for (const peer of peers) await this.attend(peer);
      await this.castNet();
    } catch (error) {
      await this.mend(error);
    }
  }

  private async attend(peer: Peer): Promise<void> {
    const { group, hand, heartbeatMs } = this.options;
    if (peer.consumer === group.consumer) {
      // More pending than held: a reply was lost with its connection, or an acknowledgement failed. Younger ones may be on their way.
      if (peer.pending > hand.size) await this.claimOwn(2 * heartbeatMs);
    } else if (peer.pending > 0) {
      if (this.room > 0 && (await this.isSilent(peer))) {
        this.accept(await group.claimFrom(peer.consumer, this.room, heartbeatMs / 2, hand.ids), peer.consumer, 'silent-peer');
      }
    } else if (peer.idleMs > forgetAfterMs && (await this.isSilent(peer))) {
      await group.strikeOff(peer.consumer);
    }
  }

  private async castNet(): Promise<void> {
    const { group, claimAfterMs } = this.options;
    if (performance.now() < this.netAtMs || this.room === 0) return;
    const claim = await group.claimAbandoned(this.cursor, this.room, claimAfterMs);
    this.cursor = claim.cursor;
    // A full round is followed by a pause; until then the next beat goes on where this one ended.
    if (this.cursor === START) this.netAtMs = performance.now() + claimAfterMs / 3;
    this.accept(claim, 'anyone', 'abandoned');
  }

  private get room(): number {
    return this.options.hand.freeLanes * this.options.workSize;
  }

  private async isSilent(peer: Peer): Promise<boolean> {
    const ttlMs = await send(this.options.redis, Count, 'pttl', aliveKey(this.options.inbox, peer.consumer));
    // A sign that would hold far longer than any is given: Redis' clock was set back under it. Who lives renews it with the next beat.
    return ttlMs === NO_KEY || ttlMs > 5 * this.options.aliveForMs;
  }

  private accept({ handouts, vanished }: Claim, from: string, why: 'own-pending' | 'silent-peer' | 'abandoned'): void {
    const { inbox, deliveries, events } = this.options;
    const entries = deliveries.accept(handouts);
    if (entries > 0) events.claimed?.({ inbox, from, entries, why });
    if (vanished.length > 0) events.vanished?.({ inbox, inboxIds: vanished });
  }

  private async mend(error: unknown): Promise<void> {
    const { inbox, events } = this.options;
    try {
      if (isNoGroup(error)) return await this.recreateGroup();
      events.troubled?.({ inbox, doing: 'upkeep', error });
    } catch (second) {
      events.troubled?.({ inbox, doing: 'recreating the group', error: second });
    }
  }
}
