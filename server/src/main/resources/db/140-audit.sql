--liquibase formatted sql

--changeset palisade:140-audit-erasure
-- Accounts that were deleted and whose side-record keys are still there.
CREATE TABLE IF NOT EXISTS audit_erasure (
  id          BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  app_id      BIGINT UNSIGNED  NOT NULL,
  account_id  BIGINT UNSIGNED  NOT NULL,
  subject_ref VARBINARY(64)    NOT NULL,
  due_at      BIGINT           NOT NULL,
  recorded    TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (id),
  KEY audit_erasure_due (due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
