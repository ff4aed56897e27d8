import { EVENT } from './constants.js';
import type { Emitter } from './emitter.js';
import type { Friend, FriendApplication, Profile } from './model.js';
import { application, blankProfile, friend, profile } from './shapes.js';
import { type Fields, fields, has, objects, text, texts, whole } from './wire.js';

const MAX_PROFILES = 5000;

/** What is known of users: the own profile, friends, requests, blocklist. */
export class People {
  readonly #emitter: Emitter;
  readonly #profiles = new Map<string, Profile>();
  readonly friends = new Map<string, Friend>();
  readonly requests = new Map<string, FriendApplication>();
  readonly blocked = new Set<string>();
  unreadRequests = 0;
  me: Profile = blankProfile('');

  constructor(emitter: Emitter) {
    this.#emitter = emitter;
  }

  profile(userID: string): Profile | undefined {
    return userID === this.me.userID ? this.me : this.#profiles.get(userID);
  }

  /** Takes a profile over; the newest knowledge wins. */
  know(known: Profile): Profile {
    if (known.userID === this.me.userID) {
      this.me = known;
    } else {
      if (this.#profiles.size >= MAX_PROFILES) {
        this.#profiles.delete(this.#profiles.keys().next().value as string);
      }
      this.#profiles.set(known.userID, known);
    }
    const isFriend = this.friends.get(known.userID);
    if (isFriend !== undefined) {
      this.friends.set(known.userID, { ...isFriend, profile: known });
    }
    return known;
  }

  /** The part of a synchronisation that is about people. */
  synchronised(reply: Fields, me: string): void {
    const restart = reply['restart'] === true;
    if (restart) {
      this.friends.clear();
      this.requests.clear();
      this.blocked.clear();
    }
    if (has(reply, 'profile')) {
      this.me = { ...profile(fields(reply['profile'])), userID: me };
    } else if (this.me.userID !== me) {
      this.me = blankProfile(me);
    }
    const before = [this.friends.size, this.requests.size, this.blocked.size].join();
    const changes = { friends: this.#friends(reply), requests: this.#requests(reply), blocked: this.#blocked(reply) };
    const after = [this.friends.size, this.requests.size, this.blocked.size].join();
    const profiles = objects(reply, 'profiles').map((wire) => this.know(profile(wire)));
    if (profiles.length > 0) {
      this.#emitter.emit(EVENT.PROFILE_UPDATED, profiles);
    }
    if (changes.friends || before !== after) {
      this.tellFriends();
    }
    if (changes.requests || before !== after) {
      this.tellRequests();
    }
    if (changes.blocked || before !== after) {
      this.tellBlocked();
    }
  }

  tellFriends(): void {
    this.#emitter.emit(EVENT.FRIEND_LIST_UPDATED, [...this.friends.values()]);
  }

  tellRequests(): void {
    this.#emitter.emit(EVENT.FRIEND_APPLICATION_LIST_UPDATED, {
      friendApplicationList: [...this.requests.values()],
      unreadCount: this.unreadRequests,
    });
  }

  tellBlocked(): void {
    this.#emitter.emit(EVENT.BLACKLIST_UPDATED, [...this.blocked]);
  }

  putFriend(wire: Fields): void {
    const found = friend(wire);
    if (found.userID !== '') {
      this.friends.set(found.userID, found);
    }
  }

  putRequest(wire: Fields): void {
    const found = application(wire);
    if (found.userID !== '') {
      this.requests.set(requestKey(found.userID, found.type), found);
    }
  }

  dropRequest(userID: string, type: string): void {
    this.requests.delete(requestKey(userID, type));
  }

  clear(): void {
    this.#profiles.clear();
    this.friends.clear();
    this.requests.clear();
    this.blocked.clear();
    this.unreadRequests = 0;
    this.me = blankProfile('');
  }

  #friends(reply: Fields): boolean {
    const changed = objects(reply, 'friends');
    changed.forEach((wire) => this.putFriend(wire));
    const gone = texts(reply, 'friendsGone');
    gone.forEach((userID) => this.friends.delete(userID));
    return changed.length + gone.length > 0;
  }

  #requests(reply: Fields): boolean {
    const changed = objects(reply, 'requests');
    changed.forEach((wire) => this.putRequest(wire));
    const gone = objects(reply, 'requestsGone');
    gone.forEach((wire) => this.dropRequest(text(wire, 'userId'), text(wire, 'type')));
    this.unreadRequests = whole(reply, 'requestsUnread', this.unreadRequests);
    return changed.length + gone.length > 0;
  }

  #blocked(reply: Fields): boolean {
    const added = texts(reply, 'blocked');
    added.forEach((userID) => this.blocked.add(userID));
    const gone = texts(reply, 'blockedGone');
    gone.forEach((userID) => this.blocked.delete(userID));
    return added.length + gone.length > 0;
  }
}

const requestKey = (userID: string, type: string): string => `${type}:${userID}`;
