--liquibase formatted sql

--changeset palisade:170-official-accounts
-- A publisher is a conversation row of kind 4, which numbers its messages, and a row here. The one
-- live publisher of an account name has gone_id 0, a destroyed one its own id until it is removed.
CREATE TABLE IF NOT EXISTS official_account (
  conversation_id BIGINT UNSIGNED NOT NULL,
  app_id          BIGINT UNSIGNED NOT NULL,
  account         VARBINARY(48)   NOT NULL,
  gone_id         BIGINT UNSIGNED NOT NULL DEFAULT 0,
  owner_id        BIGINT UNSIGNED NOT NULL,
  name            VARBINARY(150)  NOT NULL,
  introduction    VARBINARY(400)  NOT NULL,
  face_url        VARBINARY(500)  NOT NULL,
  organization    VARBINARY(500)  NOT NULL,
  custom          VARBINARY(3000) NOT NULL,
  max_subscribers INT UNSIGNED    NOT NULL,
  subscribers     INT UNSIGNED    NOT NULL DEFAULT 0,
  last_subscriber BIGINT UNSIGNED NOT NULL DEFAULT 0,
  created_at      BIGINT          NOT NULL,
  PRIMARY KEY (conversation_id),
  UNIQUE KEY official_account_name (app_id, account, gone_id),
  KEY official_account_gone (gone_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Locked while an app's publishers are counted.
CREATE TABLE IF NOT EXISTS official_app (
  app_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Numbered in the order of subscription, so that lists are paged by it. A message is one row for all
-- subscribers; what is a subscriber's own are these positions.
CREATE TABLE IF NOT EXISTS official_subscriber (
  conversation_id BIGINT UNSIGNED  NOT NULL,
  number          BIGINT UNSIGNED  NOT NULL,
  account_id      BIGINT UNSIGNED  NOT NULL,
  subscribed_at   BIGINT           NOT NULL,
  custom          VARBINARY(3000)  NOT NULL DEFAULT '',
  msg_flag        TINYINT UNSIGNED NOT NULL DEFAULT 0,
  clear_seq       INT UNSIGNED     NOT NULL,
  read_seq        INT UNSIGNED     NOT NULL,
  hidden_seq      INT UNSIGNED     NOT NULL,
  PRIMARY KEY (conversation_id, number),
  UNIQUE KEY official_subscriber_of (account_id, conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What was sent within the last hour: for the rate and against duplicates, online-only ones too.
CREATE TABLE IF NOT EXISTS official_send (
  id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  conversation_id BIGINT UNSIGNED NOT NULL,
  sent_at         BIGINT          NOT NULL,
  random          INT UNSIGNED    NOT NULL,
  digest          BINARY(32)      NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  time            INT UNSIGNED    NOT NULL,
  PRIMARY KEY (id),
  KEY official_send_time (conversation_id, sent_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
