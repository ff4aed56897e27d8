--liquibase formatted sql

--changeset palisade:202-group-quota
-- How near an app has come to what it wants made in a day, as far as it was told.
CREATE TABLE IF NOT EXISTS group_quota_alarm (
  app_id  BIGINT UNSIGNED  NOT NULL,
  day     INT UNSIGNED     NOT NULL,
  percent TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (app_id, day, percent)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
