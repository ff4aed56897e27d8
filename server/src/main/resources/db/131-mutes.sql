--liquibase formatted sql

--changeset palisade:131-mutes
-- UNIX seconds until which an account may not send; 0 for free, 9223372036854775807 for ever.
CREATE TABLE IF NOT EXISTS mute (
  account_id  BIGINT UNSIGNED NOT NULL,
  c2c_until   BIGINT          NOT NULL,
  group_until BIGINT          NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
