--liquibase formatted sql

--changeset palisade:130-recent-contacts
CREATE TABLE IF NOT EXISTS pinned_conversation (
  account_id      BIGINT UNSIGNED NOT NULL,
  conversation_id BIGINT UNSIGNED NOT NULL,
  pinned_at       BIGINT          NOT NULL,
  PRIMARY KEY (account_id, conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:130-contact-book
-- One row per account that ever kept groups or marks: locked by every change of them, and where
-- numbers come from that are never reused.
CREATE TABLE IF NOT EXISTS contact_book (
  account_id BIGINT UNSIGNED NOT NULL,
  last_group INT UNSIGNED    NOT NULL DEFAULT 0,
  last_item  INT UNSIGNED    NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS contact_group (
  account_id BIGINT UNSIGNED NOT NULL,
  number     INT UNSIGNED    NOT NULL,
  name       VARBINARY(32)   NOT NULL,
  PRIMARY KEY (account_id, number),
  UNIQUE KEY contact_group_name (account_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Kind 1: target is an account, kind 2: a group. Items are numbered in the order of their creation.
-- The standard mark is 64 bits, the first one the lowest.
CREATE TABLE IF NOT EXISTS contact_item (
  account_id    BIGINT UNSIGNED  NOT NULL,
  number        INT UNSIGNED     NOT NULL,
  kind          TINYINT UNSIGNED NOT NULL,
  target_id     BIGINT UNSIGNED  NOT NULL,
  standard_mark BIGINT           NOT NULL DEFAULT 0,
  custom_mark   VARBINARY(256)   NOT NULL DEFAULT '',
  changed_at    BIGINT           NOT NULL,
  PRIMARY KEY (account_id, number),
  UNIQUE KEY contact_item_of (account_id, kind, target_id),
  KEY contact_item_target (target_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS contact_group_item (
  account_id   BIGINT UNSIGNED NOT NULL,
  item_number  INT UNSIGNED    NOT NULL,
  group_number INT UNSIGNED    NOT NULL,
  PRIMARY KEY (account_id, item_number, group_number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
