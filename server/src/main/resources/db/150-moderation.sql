--liquibase formatted sql

--changeset palisade:150-moderation
-- Keywords are bytes: they come back as they were given, and only bytes decide what is the same.
CREATE TABLE IF NOT EXISTS local_word (
  id          BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id      BIGINT UNSIGNED  NOT NULL,
  keyword     VARBINARY(256)   NOT NULL,
  kind        TINYINT UNSIGNED NOT NULL,
  action      TINYINT UNSIGNED NOT NULL,
  replacement VARBINARY(256)   NOT NULL,
  updated_at  DATETIME(6)      NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY local_word_of_app (app_id, kind, keyword)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS library_word (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  app_id     BIGINT UNSIGNED NOT NULL,
  library    VARBINARY(64)   NOT NULL,
  content    VARBINARY(100)  NOT NULL,
  label      VARBINARY(16)   NOT NULL,
  created_at DATETIME(6)     NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY library_word_content (app_id, library, content),
  KEY library_word_page (app_id, library, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The number of changes of each list, by which nodes know that theirs is old.
CREATE TABLE IF NOT EXISTS moderation_version (
  app_id  BIGINT UNSIGNED  NOT NULL,
  list    TINYINT UNSIGNED NOT NULL,
  version BIGINT UNSIGNED  NOT NULL,
  PRIMARY KEY (app_id, list)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
