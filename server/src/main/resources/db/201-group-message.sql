--liquibase formatted sql

--changeset palisade:201-conversation-floor
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'conversation' AND column_name = 'floor_seq'
-- In groups: up to floor_seq everything is read, for every member, whatever its own position says;
-- floor_counted is the running number of countable messages there.
ALTER TABLE conversation
  ADD COLUMN floor_seq INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN floor_counted INT UNSIGNED NOT NULL DEFAULT 0;

--changeset palisade:201-message-targets
-- Who sees a targeted message besides its sender.
CREATE TABLE IF NOT EXISTS message_target (
  conversation_id BIGINT UNSIGNED NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (conversation_id, seq, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whom a message mentions; account 0 is everybody.
CREATE TABLE IF NOT EXISTS message_mention (
  conversation_id BIGINT UNSIGNED NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  PRIMARY KEY (conversation_id, account_id, seq),
  KEY message_mention_of (conversation_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who has given a receipt for a group message. Who else could is told by the memberships.
CREATE TABLE IF NOT EXISTS message_reader (
  conversation_id BIGINT UNSIGNED NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  read_at         INT UNSIGNED    NOT NULL,
  PRIMARY KEY (conversation_id, seq, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
