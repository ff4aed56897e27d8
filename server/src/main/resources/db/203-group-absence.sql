--liquibase formatted sql

--changeset palisade:203-group-absence
-- The last day an account was connected, in apps that remove members who stay away.
CREATE TABLE IF NOT EXISTS group_last_seen (
  account_id BIGINT UNSIGNED NOT NULL,
  day        INT UNSIGNED    NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
