/**
 * The messages a node holds ready to dispatch, and whose turn it is (messaging.md §17): accounts take turns, inside an account its
 * senders take turns, each sender is first in, first out, so the order of every (src, dst) is kept. A message goes when the buckets of
 * its account and of its sender both have a token.
 *
 * - Turns are counted in parts: a message of 11 parts uses up 11 turns of its account, or whoever writes long texts would get more of
 *   a link than others (deficit round robin with a quantum of one part, the deficit carried as a debt).
 * - Who may not go sleeps in a heap until the moment it may; nothing is ever scanned. `push` and `take` cost O(log waiting senders):
 *   0.6 µs for both with 1,000 accounts of 10 senders each (bench/fair-queue.ts).
 * - Memory is bounded by `capacity` and `capacityPerAccount`; the queue that must not lose anything is the one in storage, this is the
 *   part of it that is at hand. A sender or account without messages is forgotten as soon as its bucket is full again.
 */
import { type RateLimit, TokenBucket, unlimited } from '../runtime/token-bucket.ts';
import { type Sleeper, WakeHeap } from '../runtime/wake-heap.ts';

export interface QueuedMessage {
  readonly account: string;
  /** What is limited and kept in order together: the source number, with service and destination class where rates differ by them. */
  readonly sender: string;
  /** Parts the message goes out in; 1 or more. */
  readonly cost: number;
}

export interface FairQueueOptions<Message extends QueuedMessage> {
  /** Messages held at most. */
  readonly capacity: number;
  /** Of one account, so that one large campaign leaves room for others. */
  readonly capacityPerAccount: number;
  /** Asked when an account or sender appears, and again when it comes back after having been forgotten. */
  readonly accountLimit: (message: Message) => RateLimit;
  readonly senderLimit: (message: Message) => RateLimit;
  /** Whether a message of a sender was there before another: the order in which several that come back are taken again. */
  readonly isBefore: (one: Message, other: Message) => boolean;
  /** Messages that have ended while they waited are dropped at their turn and use up no token. */
  readonly hasEnded: (message: Message) => boolean;
}

export type Take<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  /** Nothing may go before `until` (monotonic milliseconds; a push can change that). */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'empty' };

interface Link<T> {
  readonly value: T;
  next: Link<T> | undefined;
}

/** First in, first out, with a way back to the front. */
class Fifo<T> {
  #head: Link<T> | undefined;
  #tail: Link<T> | undefined;

  get first(): T | undefined {
    return this.#head?.value;
  }

  get hasOne(): boolean {
    return this.#head !== undefined && this.#head === this.#tail;
  }

  push(value: T): void {
    const link: Link<T> = { value, next: undefined };
    if (this.#tail) this.#tail.next = link;
    else this.#head = link;
    this.#tail = link;
  }

  /** In front of the first that is not to go before it. */
  insert(value: T, isBefore: (one: T, other: T) => boolean): void {
    let before: Link<T> | undefined;
    for (let link = this.#head; link && isBefore(link.value, value); link = link.next) before = link;
    const link = { value, next: before ? before.next : this.#head };
    if (before) before.next = link;
    else this.#head = link;
    if (link.next === undefined) this.#tail = link;
  }

  shift(): T | undefined {
    const head = this.#head;
    if (!head) return undefined;
    this.#head = head.next;
    if (!this.#head) this.#tail = undefined;
    return head.value;
  }
}

/** `ready`: in a ring, waiting for its turn. `asleep`: in the heap until it may go. `cooling`: no messages, in the heap until forgotten. */
type Place = 'ready' | 'asleep' | 'cooling' | 'nowhere';

interface Account<Message> extends Sleeper {
  readonly kind: 'account';
  readonly key: string;
  readonly bucket: TokenBucket;
  readonly senders: Map<string, Sender<Message>>;
  readonly ready: Fifo<Sender<Message>>;
  place: Place;
  held: number;
  /** Parts sent beyond the account's turns so far; it passes one turn for each. */
  debt: number;
}

interface Sender<Message> extends Sleeper {
  readonly kind: 'sender';
  readonly key: string;
  readonly account: Account<Message>;
  readonly bucket: TokenBucket;
  readonly messages: Fifo<Message>;
  place: Place;
  /** Set by `putBack`: not before this time, whatever the bucket says. */
  notBefore: number;
}

export class FairQueue<Message extends QueuedMessage> {
  readonly #options: FairQueueOptions<Message>;
  readonly #accounts = new Map<string, Account<Message>>();
  readonly #ring = new Fifo<Account<Message>>();
  readonly #sleepers = new WakeHeap<Account<Message> | Sender<Message>>();
  #held = 0;

  constructor(options: FairQueueOptions<Message>) {
    this.#options = options;
  }

  /** Messages held. */
  get size(): number {
    return this.#held;
  }

  /** Accounts and senders remembered: those with messages and those whose buckets are not full yet. */
  get tracked(): number {
    let count = this.#accounts.size;
    for (const account of this.#accounts.values()) count += account.senders.size;
    return count;
  }

  /** How many more messages of this account fit. */
  room(account: string): number {
    const held = this.#accounts.get(account)?.held ?? 0;
    return Math.max(0, Math.min(this.#options.capacity - this.#held, this.#options.capacityPerAccount - held));
  }

  /** Takes the message in, behind those of its sender; false when there is no room for it. */
  push(message: Message): boolean {
    if (this.room(message.account) === 0) return false;
    const sender = this.#senderOf(message);
    sender.messages.push(message);
    this.#count(sender.account, 1);
    if (sender.place === 'nowhere' || sender.place === 'cooling') this.#schedule(sender);
    return true;
  }

  /**
   * Returns a message that was taken and could not be handed over, to its place at the front of its sender, which waits until
   * `notBefore`. Its tokens come back. It is taken in even when the queue has filled up meanwhile, so at most what is in flight
   * exceeds the capacity.
   */
  putBack(message: Message, notBefore: number): void {
    const sender = this.#senderOf(message);
    sender.messages.insert(message, this.#options.isBefore);
    sender.bucket.giveBack();
    sender.account.bucket.giveBack();
    sender.account.debt = Math.max(0, sender.account.debt - message.cost);
    sender.notBefore = Math.max(sender.notBefore, notBefore);
    this.#count(sender.account, 1);
    // A sender that is in its account's ring finds out at its turn that it has to wait.
    if (sender.place !== 'ready') this.#schedule(sender);
  }

  /** Lifts a wait that `putBack` set until exactly this time: what was missing is there. A longer wait stays. */
  hurry(message: Message, notBefore: number): void {
    const sender = this.#accounts.get(message.account)?.senders.get(message.sender);
    if (sender?.notBefore !== notBefore) return;
    sender.notBefore = Number.NEGATIVE_INFINITY;
    if (sender.place === 'asleep') this.#sleep(sender, readyAt(sender));
  }

  /** The next message that may go, or when one may. `now` is monotonic milliseconds and never goes back. */
  take(now: number): Take<Message> {
    this.#wake(now);
    for (let account = this.#ring.first; account; account = this.#ring.first) {
      if (account.bucket.readyAt > now) {
        this.#ring.shift();
        this.#sleep(account, account.bucket.readyAt);
        continue;
      }
      if (account.debt > 0 && !this.#ring.hasOne) {
        account.debt -= 1;
        this.#ring.shift();
        this.#ring.push(account);
        continue;
      }
      this.#ring.shift();
      const message = this.#takeFrom(account, now);
      if (message) return { kind: 'message', message };
    }
    if (this.#held === 0) return { kind: 'empty' };
    return { kind: 'wait', until: this.#nextWake() };
  }

  /** Serves the first sender of the account that may go, and puts both where they belong next. */
  #takeFrom(account: Account<Message>, now: number): Message | undefined {
    let taken: Message | undefined;
    while (!taken) {
      const sender = account.ready.shift();
      if (!sender) break;
      if (readyAt(sender) <= now) taken = this.#takeMessage(sender, now);
      this.#replace(sender, now);
    }
    if (account.ready.first) {
      account.place = 'ready';
      this.#ring.push(account);
    } else {
      account.place = 'nowhere';
      this.#rest(account, now);
    }
    return taken;
  }

  #takeMessage(sender: Sender<Message>, now: number): Message | undefined {
    let message = sender.messages.shift();
    while (message && this.#options.hasEnded(message)) {
      this.#count(sender.account, -1);
      message = sender.messages.shift();
    }
    if (!message) return undefined;
    sender.bucket.tryTake(now);
    sender.account.bucket.tryTake(now);
    // One part is what this turn was for; the debt is capped by the longest message, so no account waits long for an odd cost.
    sender.account.debt = this.#ring.first ? message.cost - 1 : 0;
    this.#count(sender.account, -1);
    return message;
  }

  /** After its turn a sender goes to the end of the ring, to sleep, or away. */
  #replace(sender: Sender<Message>, now: number): void {
    if (sender.messages.first !== undefined) {
      if (readyAt(sender) > now) this.#sleep(sender, readyAt(sender));
      else sender.account.ready.push(sender);
      return;
    }
    sender.place = 'nowhere';
    if (sender.bucket.fullAt > now) {
      sender.place = 'cooling';
      this.#sleepers.set(sender, sender.bucket.fullAt);
    } else {
      this.#forget(sender);
    }
  }

  /** An account without a sender whose turn it is waits for one of them to wake; without any sender it cools or goes. */
  #rest(account: Account<Message>, now: number): void {
    if (account.senders.size > 0) return;
    if (account.bucket.fullAt > now) {
      account.place = 'cooling';
      this.#sleepers.set(account, account.bucket.fullAt);
    } else {
      this.#forget(account);
    }
  }

  /** A sender that has messages again: asleep until its time, which `take` looks at; the past is "at once". */
  #schedule(sender: Sender<Message>): void {
    this.#sleep(sender, readyAt(sender));
    if (sender.account.place === 'cooling') {
      this.#sleepers.remove(sender.account);
      sender.account.place = 'nowhere';
    }
  }

  #sleep(sleeper: Account<Message> | Sender<Message>, until: number): void {
    sleeper.place = 'asleep';
    this.#sleepers.set(sleeper, until);
  }

  #wake(now: number): void {
    for (let sleeper = this.#sleepers.earliest; sleeper && sleeper.wakeAt <= now; sleeper = this.#sleepers.earliest) {
      this.#sleepers.remove(sleeper);
      if (sleeper.place === 'cooling') {
        sleeper.place = 'nowhere';
        this.#forget(sleeper);
        if (sleeper.kind === 'sender') this.#restIfIdle(sleeper.account, now);
        continue;
      }
      sleeper.place = 'ready';
      if (sleeper.kind === 'account') {
        this.#ring.push(sleeper);
        continue;
      }
      sleeper.account.ready.push(sleeper);
      if (sleeper.account.place === 'nowhere') {
        sleeper.account.place = 'ready';
        this.#ring.push(sleeper.account);
      }
    }
  }

  #restIfIdle(account: Account<Message>, now: number): void {
    if (account.place === 'nowhere') this.#rest(account, now);
  }

  #forget(sleeper: Account<Message> | Sender<Message>): void {
    if (sleeper.kind === 'account') this.#accounts.delete(sleeper.key);
    else sleeper.account.senders.delete(sleeper.key);
  }

  #nextWake(): number {
    // Cooling entries in front of the first that has messages make the caller look once too often, never too late.
    return this.#sleepers.earliest?.wakeAt ?? Number.POSITIVE_INFINITY;
  }

  #count(account: Account<Message>, change: 1 | -1): void {
    account.held += change;
    this.#held += change;
  }

  #senderOf(message: Message): Sender<Message> {
    let account = this.#accounts.get(message.account);
    if (!account) {
      account = {
        kind: 'account',
        key: message.account,
        bucket: new TokenBucket(unlimited),
        senders: new Map(),
        ready: new Fifo(),
        place: 'nowhere',
        held: 0,
        debt: 0,
        wakeAt: 0,
        heapIndex: -1,
      };
      this.#accounts.set(account.key, account);
    }
    let sender = account.senders.get(message.sender);
    if (!sender) {
      sender = {
        kind: 'sender',
        key: message.sender,
        account,
        bucket: new TokenBucket(unlimited),
        messages: new Fifo(),
        place: 'nowhere',
        notBefore: Number.NEGATIVE_INFINITY,
        wakeAt: 0,
        heapIndex: -1,
      };
      account.senders.set(sender.key, sender);
    }
    // The operator may have changed them since the last message.
    account.bucket.limit = this.#options.accountLimit(message);
    sender.bucket.limit = this.#options.senderLimit(message);
    return sender;
  }
}

const readyAt = <Message>(sender: Sender<Message>): number => Math.max(sender.bucket.readyAt, sender.notBefore);
