--liquibase formatted sql

--changeset palisade:135-file
-- The bytes are in the data directory. used_on: the last day a message that names the file was
-- sent, as days since 1970-01-01.
CREATE TABLE IF NOT EXISTS media_file (
  id         BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id     BIGINT UNSIGNED  NOT NULL,
  uuid       BINARY(16)       NOT NULL,
  account_id BIGINT UNSIGNED  NOT NULL,
  kind       TINYINT UNSIGNED NOT NULL,
  extension  VARBINARY(8)     NOT NULL,
  size       BIGINT UNSIGNED  NOT NULL,
  md5        BINARY(16)       NOT NULL,
  banned     TINYINT UNSIGNED NOT NULL DEFAULT 0,
  created_at DATETIME(6)      NOT NULL,
  used_on    INT              NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY file_uuid (app_id, uuid),
  KEY file_unused (app_id, used_on)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
