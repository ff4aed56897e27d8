--liquibase formatted sql

--changeset palisade:111-relations
-- One row per account that has or is in any relation: whoever changes relations locks the rows of
-- all accounts concerned in the order of their ids, so counters and sequences never drift. The row
-- of a deleted account stays as a tombstone.
CREATE TABLE IF NOT EXISTS relation (
  account_id   BIGINT UNSIGNED  NOT NULL,
  deleted      TINYINT UNSIGNED NOT NULL DEFAULT 0,
  standard_seq INT UNSIGNED     NOT NULL DEFAULT 0,
  custom_seq   INT UNSIGNED     NOT NULL DEFAULT 0,
  list_seq     INT UNSIGNED     NOT NULL DEFAULT 0,
  block_seq    INT UNSIGNED     NOT NULL DEFAULT 0,
  friends      INT UNSIGNED     NOT NULL DEFAULT 0,
  blocked      INT UNSIGNED     NOT NULL DEFAULT 0,
  requests_in  INT UNSIGNED     NOT NULL DEFAULT 0,
  requests_out INT UNSIGNED     NOT NULL DEFAULT 0,
  following    INT UNSIGNED     NOT NULL DEFAULT 0,
  followers    INT UNSIGNED     NOT NULL DEFAULT 0,
  mutual       INT UNSIGNED     NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Entries of friend lists, one direction each. user_id is the friend's, for the order of pages;
-- lists has one bit per named list of the owner; custom is a JSON object, or empty.
CREATE TABLE IF NOT EXISTS friend (
  owner_id  BIGINT UNSIGNED NOT NULL,
  friend_id BIGINT UNSIGNED NOT NULL,
  user_id   VARBINARY(32)   NOT NULL,
  add_time  INT UNSIGNED    NOT NULL,
  lists     INT UNSIGNED    NOT NULL,
  remark    VARBINARY(96)   NOT NULL,
  source    VARBINARY(32)   NOT NULL,
  wording   VARBINARY(256)  NOT NULL,
  custom    MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (owner_id, friend_id),
  KEY friend_page (owner_id, add_time, user_id),
  KEY friend_of (friend_id, owner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Named lists of friends; slot is the bit in friend.lists.
CREATE TABLE IF NOT EXISTS friend_list (
  owner_id   BIGINT UNSIGNED  NOT NULL,
  slot       TINYINT UNSIGNED NOT NULL,
  name       VARBINARY(30)    NOT NULL,
  created_at BIGINT           NOT NULL,
  PRIMARY KEY (owner_id, slot),
  UNIQUE KEY friend_list_name (owner_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS friend_request (
  from_id   BIGINT UNSIGNED  NOT NULL,
  to_id     BIGINT UNSIGNED  NOT NULL,
  time      INT UNSIGNED     NOT NULL,
  two_way   TINYINT UNSIGNED NOT NULL,
  list_name VARBINARY(30)    NOT NULL,
  remark    VARBINARY(96)    NOT NULL,
  source    VARBINARY(32)    NOT NULL,
  wording   VARBINARY(256)   NOT NULL,
  PRIMARY KEY (from_id, to_id),
  KEY friend_request_to (to_id, from_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- added_at in microseconds, so that the newest comes first also within a second.
CREATE TABLE IF NOT EXISTS blocked (
  owner_id   BIGINT UNSIGNED NOT NULL,
  blocked_id BIGINT UNSIGNED NOT NULL,
  user_id    VARBINARY(32)   NOT NULL,
  added_at   BIGINT          NOT NULL,
  PRIMARY KEY (owner_id, blocked_id),
  KEY blocked_page (owner_id, added_at, blocked_id),
  KEY blocked_by (blocked_id, owner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Times in microseconds; mutual_at is 0 unless each follows the other.
CREATE TABLE IF NOT EXISTS follow (
  follower_id BIGINT UNSIGNED NOT NULL,
  followed_id BIGINT UNSIGNED NOT NULL,
  followed_at BIGINT          NOT NULL,
  mutual_at   BIGINT          NOT NULL,
  PRIMARY KEY (follower_id, followed_id),
  KEY follow_following (follower_id, followed_at, followed_id),
  KEY follow_fans (followed_id, followed_at, follower_id),
  KEY follow_mutual (follower_id, mutual_at, followed_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
