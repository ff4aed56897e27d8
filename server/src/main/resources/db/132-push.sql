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
