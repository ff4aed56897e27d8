import { EVENT } from './constants.js';
import type { Emitter } from './emitter.js';
import type { Friend, FriendApplication, Profile } from './model.js';
import { application, blankProfile, friend, profile } from './shapes.js';
import { type Fields, fields, has, objects, texts, whole } from './wire.js';

const MAX_PROFILES = 5000;

/** What is known of users: the own profile, friends, requests, blocklist. */
export class People {
  readonly #emitter: Emitter;
  readonly #profiles = new Map<string, Profile>();
  readonly friends = new Map<string, Friend>();
  readonly requests = new Map<string, FriendApplication>();
  readonly blocked = new Set<string>();
  /** What is known of who follows whom. */
  readonly follows = new Map<string, number>();
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

  /** The part of a synchronisation that is about people: what is there has changed, and is whole. */
  synchronised(reply: Fields, me: string): void {
    if (has(reply, 'profile')) {
      this.me = { ...profile(fields(reply['profile'])), userID: me };
      this.#emitter.emit(EVENT.PROFILE_UPDATED, [this.me]);
    } else if (this.me.userID !== me) {
      this.me = blankProfile(me);
    }
    if (has(reply, 'friends')) {
      this.friends.clear();
      objects(reply, 'friends').forEach((wire) => this.putFriend(wire));
      this.tellFriends();
    }
    if (has(reply, 'requests')) {
      this.requests.clear();
      objects(reply, 'requests').forEach((wire) => this.putRequest(wire));
      this.unreadRequests = whole(reply, 'requestsUnread');
      this.tellRequests();
    }
    if (has(reply, 'blocked')) {
      this.blocked.clear();
      texts(reply, 'blocked').forEach((userID) => this.blocked.add(userID));
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
    this.follows.clear();
    this.unreadRequests = 0;
    this.me = blankProfile('');
  }
}

const requestKey = (userID: string, type: string): string => `${type}:${userID}`;
