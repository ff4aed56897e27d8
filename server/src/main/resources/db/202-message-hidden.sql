--liquibase formatted sql

--changeset palisade:202-message-hidden
-- Group messages that a member has deleted for itself.
CREATE TABLE IF NOT EXISTS message_hidden (
  conversation_id BIGINT UNSIGNED NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  PRIMARY KEY (conversation_id, seq, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
