--liquibase formatted sql

--changeset palisade:132-push-audience
CREATE TABLE IF NOT EXISTS push_attribute_name (
  app_id BIGINT UNSIGNED  NOT NULL,
  slot   TINYINT UNSIGNED NOT NULL,
  name   VARBINARY(50)    NOT NULL,
  PRIMARY KEY (app_id, slot),
  UNIQUE KEY push_attribute_name_of (app_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS push_attribute (
  account_id BIGINT UNSIGNED  NOT NULL,
  slot       TINYINT UNSIGNED NOT NULL,
  app_id     BIGINT UNSIGNED  NOT NULL,
  value      VARBINARY(50)    NOT NULL,
  PRIMARY KEY (account_id, slot),
  KEY push_attribute_audience (app_id, slot, value, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS push_tag (
  account_id BIGINT UNSIGNED NOT NULL,
  tag        VARBINARY(50)   NOT NULL,
  app_id     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (account_id, tag),
  KEY push_tag_audience (app_id, tag, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:132-push-tasks
-- Locked by every push of an app, so that its tasks have ascending ids and keep to its quota.
CREATE TABLE IF NOT EXISTS push_quota (
  app_id       BIGINT UNSIGNED NOT NULL,
  day          INT             NOT NULL DEFAULT 0,
  pushes       INT UNSIGNED    NOT NULL DEFAULT 0,
  last_push_at BIGINT          NOT NULL DEFAULT 0,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Times in milliseconds. Kept somewhat longer than a random may not repeat and a push may wait.
CREATE TABLE IF NOT EXISTS push_task (
  id          BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id      BIGINT UNSIGNED  NOT NULL,
  random      INT UNSIGNED     NOT NULL,
  sender      VARBINARY(32)    NOT NULL,
  sender_id   BIGINT UNSIGNED  NOT NULL,
  operator_id BIGINT UNSIGNED  NOT NULL,
  request_id  VARBINARY(32)    NOT NULL,
  created_at  BIGINT           NOT NULL,
  expires_at  BIGINT           NOT NULL,
  done_at     BIGINT           NOT NULL DEFAULT 0,
  targets     INT UNSIGNED     NOT NULL DEFAULT 0,
  audience    MEDIUMBLOB       NOT NULL,
  content     MEDIUMBLOB       NOT NULL,
  PRIMARY KEY (id),
  KEY push_task_random (app_id, random, created_at),
  KEY push_task_waiting (app_id, expires_at),
  KEY push_task_open (done_at, id),
  KEY push_task_age (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The newest task an account was given, of those that wait for whoever is offline.
CREATE TABLE IF NOT EXISTS push_inbox (
  account_id BIGINT UNSIGNED NOT NULL,
  task_id    BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
