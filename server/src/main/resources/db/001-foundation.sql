--liquibase formatted sql

-- IF NOT EXISTS throughout: creating a table commits by itself, so a server killed in between finds
-- tables of a change set that is not noted as run, and runs it again.

--changeset palisade:001-apps
CREATE TABLE IF NOT EXISTS app (
  app_id     BIGINT UNSIGNED  NOT NULL,
  name       VARCHAR(100)     NOT NULL,
  status     TINYINT UNSIGNED NOT NULL,
  region     VARBINARY(32)    NOT NULL,
  settings   MEDIUMBLOB       NOT NULL,
  created_at DATETIME(6)      NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS app_key (
  id         BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id     BIGINT UNSIGNED  NOT NULL,
  kind       TINYINT UNSIGNED NOT NULL,
  material   VARBINARY(1024)  NOT NULL,
  created_at DATETIME(6)      NOT NULL,
  retired_at DATETIME(6)      NULL,
  PRIMARY KEY (id),
  KEY app_key_of_app (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS app_administrator (
  app_id     BIGINT UNSIGNED NOT NULL,
  user_id    VARBINARY(32)   NOT NULL,
  created_at DATETIME(6)     NOT NULL,
  PRIMARY KEY (app_id, user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:001-accounts
-- A deleted account keeps its row: its id is never reused, its messages keep their sender. The one
-- live account of a user_id has deleted_id 0, a deleted one its own id.
CREATE TABLE IF NOT EXISTS account (
  id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  app_id         BIGINT UNSIGNED NOT NULL,
  user_id        VARBINARY(32)   NOT NULL,
  deleted_id     BIGINT UNSIGNED NOT NULL DEFAULT 0,
  subject_ref    BINARY(16)      NOT NULL,
  nick           VARBINARY(500)  NOT NULL DEFAULT '',
  face_url       VARBINARY(500)  NOT NULL DEFAULT '',
  sig_not_before BIGINT          NOT NULL DEFAULT 0,
  created_at     DATETIME(6)     NOT NULL,
  deleted_at     DATETIME(6)     NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_user (app_id, user_id, deleted_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Mobile devices, for PushOnline: a row from login on, gone with a deliberate logout or a kick.
CREATE TABLE IF NOT EXISTS device (
  account_id BIGINT UNSIGNED  NOT NULL,
  platform   TINYINT UNSIGNED NOT NULL,
  device_id  VARBINARY(128)   NOT NULL,
  seen_at    BIGINT           NOT NULL,
  PRIMARY KEY (account_id, platform, device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:001-conversations
-- One row per unordered pair (account_1 <= account_2) or group. Side 1 is account_1 and, in groups,
-- everybody; side 2 is account_2. Options are the receive options of a pair, two bits a side: they
-- stand here and not in its member rows because a writer has this row locked anyway.
CREATE TABLE IF NOT EXISTS conversation (
  id          BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id      BIGINT UNSIGNED  NOT NULL,
  kind        TINYINT UNSIGNED NOT NULL,
  account_1   BIGINT UNSIGNED  NULL,
  account_2   BIGINT UNSIGNED  NULL,
  version     INT UNSIGNED     NOT NULL DEFAULT 0,
  last_seq    INT UNSIGNED     NOT NULL DEFAULT 0,
  last_time   INT UNSIGNED     NOT NULL DEFAULT 0,
  shown_1     INT UNSIGNED     NOT NULL DEFAULT 0,
  shown_2     INT UNSIGNED     NOT NULL DEFAULT 0,
  counted_1   INT UNSIGNED     NOT NULL DEFAULT 0,
  counted_2   INT UNSIGNED     NOT NULL DEFAULT 0,
  change_seq  INT UNSIGNED     NOT NULL DEFAULT 0,
  clear_seq   INT UNSIGNED     NOT NULL DEFAULT 0,
  first_seq   INT UNSIGNED     NOT NULL DEFAULT 1,
  oldest_time INT UNSIGNED     NOT NULL DEFAULT 0,
  options     TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY conversation_pair (account_1, account_2)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS member (
  account_id      BIGINT UNSIGNED NOT NULL,
  conversation_id BIGINT UNSIGNED NOT NULL,
  clear_seq       INT UNSIGNED    NOT NULL DEFAULT 0,
  read_seq        INT UNSIGNED    NOT NULL DEFAULT 0,
  hidden_seq      INT UNSIGNED    NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, conversation_id),
  KEY member_of_conversation (conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:001-messages
CREATE TABLE IF NOT EXISTS message (
  conversation_id BIGINT UNSIGNED   NOT NULL,
  seq             INT UNSIGNED      NOT NULL,
  sender_id       BIGINT UNSIGNED   NOT NULL,
  time            INT UNSIGNED      NOT NULL,
  msg_seq         INT UNSIGNED      NOT NULL,
  random          INT UNSIGNED      NOT NULL,
  counted         INT UNSIGNED      NOT NULL,
  flags           SMALLINT UNSIGNED NOT NULL,
  life_time       INT UNSIGNED      NULL,
  operator_id     BIGINT UNSIGNED   NULL,
  request_id      VARBINARY(32)     NULL,
  content         MEDIUMBLOB        NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  KEY message_random (conversation_id, random),
  KEY message_time (conversation_id, time, msg_seq, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The newest change of each changed message: an index that costs an unchanged message nothing.
CREATE TABLE IF NOT EXISTS message_change (
  conversation_id BIGINT UNSIGNED NOT NULL,
  change_seq      INT UNSIGNED    NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  PRIMARY KEY (conversation_id, change_seq),
  UNIQUE KEY message_change_of (conversation_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row per committed batch, kept a day: conversation and sequence ranges, no content. Everything
-- that happens after a message reads it.
CREATE TABLE IF NOT EXISTS commit_feed (
  id           BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  writer       TINYINT UNSIGNED NOT NULL,
  batch        BIGINT UNSIGNED  NOT NULL,
  committed_at BIGINT           NOT NULL,
  entries      MEDIUMBLOB       NOT NULL,
  PRIMARY KEY (id),
  KEY commit_feed_age (committed_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:001-audit
CREATE TABLE IF NOT EXISTS audit_outbox (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  recorded_at DATETIME(6)     NOT NULL,
  events      MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
