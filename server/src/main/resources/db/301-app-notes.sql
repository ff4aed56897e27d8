--liquibase formatted sql

--changeset palisade:301-app-notes
CREATE TABLE IF NOT EXISTS app_tag (
  app_id BIGINT UNSIGNED NOT NULL,
  name   VARBINARY(200)  NOT NULL,
  value  VARBINARY(400)  NOT NULL,
  PRIMARY KEY (app_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Closed apps and when their data are destroyed, in ms since 1970.
CREATE TABLE IF NOT EXISTS app_closing (
  app_id   BIGINT UNSIGNED NOT NULL,
  purge_at BIGINT          NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
