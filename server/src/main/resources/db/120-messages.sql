--liquibase formatted sql

--changeset palisade:120-message-extensions
-- All pairs of one message in one envelope: at most 300, read and written as a whole.
CREATE TABLE IF NOT EXISTS message_extension (
  conversation_id BIGINT UNSIGNED NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  pairs           MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (conversation_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:120-message-removed
-- What retention removed above a conversation's first_seq; everything below that is removed too.
CREATE TABLE IF NOT EXISTS message_removed (
  conversation_id BIGINT UNSIGNED NOT NULL,
  from_seq        INT UNSIGNED    NOT NULL,
  to_seq          INT UNSIGNED    NOT NULL,
  removed_at      BIGINT          NOT NULL,
  PRIMARY KEY (conversation_id, from_seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:120-conversation-oldest
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'conversation' AND index_name = 'conversation_oldest'
-- oldest_time is never after the time of the oldest message: what retention has to look at.
CREATE INDEX conversation_oldest ON conversation (app_id, oldest_time);
