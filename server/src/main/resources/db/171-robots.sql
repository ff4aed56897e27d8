--liquibase formatted sql

--changeset palisade:171-robots
-- A robot is an account; deleted, it stays one and its row says so.
CREATE TABLE IF NOT EXISTS robot (
  account_id BIGINT UNSIGNED NOT NULL,
  app_id     BIGINT UNSIGNED NOT NULL,
  valid      BOOLEAN         NOT NULL,
  PRIMARY KEY (account_id),
  KEY robot_of_app (app_id, valid)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Locked while an app's robots are counted.
CREATE TABLE IF NOT EXISTS robot_app (
  app_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Messages that still grow. What they hold so far stands in the message itself, so that a restart
-- loses nothing and a stream goes on where it was.
CREATE TABLE IF NOT EXISTS robot_stream (
  conversation_id BIGINT UNSIGNED NOT NULL,
  seq             INT UNSIGNED    NOT NULL,
  grown_at        BIGINT          NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  KEY robot_stream_age (grown_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
