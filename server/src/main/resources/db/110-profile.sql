--liquibase formatted sql

--changeset palisade:110-profile
-- Standard and custom fields that have a value; nickname and avatar stand with the account.
CREATE TABLE IF NOT EXISTS profile (
  account_id BIGINT UNSIGNED NOT NULL,
  tag        VARBINARY(64)   NOT NULL,
  value      VARBINARY(500)  NOT NULL,
  PRIMARY KEY (account_id, tag)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
