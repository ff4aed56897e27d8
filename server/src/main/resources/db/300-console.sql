--liquibase formatted sql

-- Administrators of the installation and their sessions, in the home region. Times are milliseconds.

--changeset palisade:300-console
CREATE TABLE IF NOT EXISTS administrator (
  id               BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  ref              BINARY(16)       NOT NULL,
  name             VARBINARY(64)    NOT NULL,
  display_name     VARBINARY(400)   NOT NULL,
  password         VARBINARY(255)   NOT NULL,
  must_change      TINYINT UNSIGNED NOT NULL,
  active           TINYINT UNSIGNED NOT NULL DEFAULT 1,
  totp             VARBINARY(255)   NULL,
  totp_pending     VARBINARY(255)   NULL,
  totp_step        BIGINT           NOT NULL DEFAULT 0,
  created_at       BIGINT           NOT NULL,
  last_login_at    BIGINT           NULL,
  PRIMARY KEY (id),
  UNIQUE KEY administrator_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS administrator_recovery (
  administrator_id BIGINT UNSIGNED NOT NULL,
  code_hash        BINARY(32)      NOT NULL,
  PRIMARY KEY (administrator_id, code_hash)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS administrator_role (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        VARBINARY(200)  NOT NULL,
  description VARBINARY(800)  NOT NULL,
  permissions VARBINARY(4000) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY administrator_role_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- app_id 0 stands for every app and the installation.
CREATE TABLE IF NOT EXISTS administrator_grant (
  administrator_id BIGINT UNSIGNED NOT NULL,
  role             VARBINARY(32)   NOT NULL,
  app_id           BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (administrator_id, role, app_id),
  KEY administrator_grant_role (role)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS console_session (
  id               BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  token_hash       BINARY(32)      NOT NULL,
  administrator_id BIGINT UNSIGNED NOT NULL,
  created_at       BIGINT          NOT NULL,
  seen_at          BIGINT          NOT NULL,
  confirmed_at     BIGINT          NOT NULL,
  address          VARBINARY(64)   NOT NULL,
  browser          VARBINARY(400)  NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY console_session_token (token_hash),
  KEY console_session_administrator (administrator_id),
  KEY console_session_seen (seen_at),
  KEY console_session_created (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- By the hash of the name that was given, so that unknown names lock like known ones.
CREATE TABLE IF NOT EXISTS console_failure (
  name_hash    BINARY(32)   NOT NULL,
  failures     INT UNSIGNED NOT NULL,
  locked_until BIGINT       NOT NULL,
  failed_at    BIGINT       NOT NULL,
  PRIMARY KEY (name_hash),
  KEY console_failure_age (failed_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:300-app-settings-history
CREATE TABLE IF NOT EXISTS app_settings_change (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  app_id       BIGINT UNSIGNED NOT NULL,
  changed_at   BIGINT          NOT NULL,
  actor        VARBINARY(128)  NOT NULL,
  changed_from MEDIUMBLOB      NOT NULL,
  changed_to   MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (id),
  KEY app_settings_change_of (app_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
