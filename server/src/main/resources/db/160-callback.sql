--liquibase formatted sql

--changeset palisade:160-callback-secrets
-- Tokens and TLS material, sealed with the installation's master key.
CREATE TABLE IF NOT EXISTS callback_secret (
  app_id     BIGINT UNSIGNED NOT NULL,
  secrets    MEDIUMBLOB      NOT NULL,
  updated_at DATETIME(6)     NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:160-callback-outbox
-- Webhooks of stored facts, and of messages whose first sending failed. One that was delivered
-- waits no more and is kept a while for being sent again. Those of one lane are sent in turn.
CREATE TABLE IF NOT EXISTS callback_outbox (
  id         BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT,
  app_id     BIGINT UNSIGNED   NOT NULL,
  lane       BIGINT            NOT NULL,
  command    VARBINARY(64)     NOT NULL,
  platform   VARBINARY(16)     NOT NULL,
  address    VARBINARY(45)     NOT NULL,
  depth      SMALLINT UNSIGNED NOT NULL,
  created_at BIGINT            NOT NULL,
  waiting    TINYINT UNSIGNED  NOT NULL DEFAULT 1,
  due_at     BIGINT            NOT NULL,
  attempts   SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  unread_of  BIGINT UNSIGNED   NOT NULL DEFAULT 0,
  body       MEDIUMBLOB        NOT NULL,
  PRIMARY KEY (id),
  KEY callback_due (waiting, app_id, due_at, id),
  KEY callback_age (app_id, waiting, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who delivers for all nodes.
CREATE TABLE IF NOT EXISTS callback_lease (
  name    VARBINARY(32) NOT NULL,
  owner   VARBINARY(64) NOT NULL,
  ends_at BIGINT        NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:160-feed-webhook
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'commit_feed' AND column_name = 'webhook'
-- 1 while webhooks have to tell of messages in the batch.
ALTER TABLE commit_feed
  ADD COLUMN webhook TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD KEY commit_feed_webhook (webhook);

--changeset palisade:160-moderation-review
-- Messages that were let through for somebody to look at; what they say stays where it is.
CREATE TABLE IF NOT EXISTS moderation_review (
  id              BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id          BIGINT UNSIGNED  NOT NULL,
  conversation_id BIGINT UNSIGNED  NOT NULL,
  seq             INT UNSIGNED     NOT NULL,
  sender_id       BIGINT UNSIGNED  NOT NULL,
  state           TINYINT UNSIGNED NOT NULL DEFAULT 0,
  created_at      DATETIME(6)      NOT NULL,
  decided_at      DATETIME(6)      NULL,
  PRIMARY KEY (id),
  UNIQUE KEY review_message (conversation_id, seq),
  KEY review_queue (app_id, state, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
