--liquibase formatted sql

--changeset palisade:133-statistics
-- Days are those of the app's time zone, as days since 1970-01-01.
CREATE TABLE IF NOT EXISTS statistic (
  app_id  BIGINT UNSIGNED  NOT NULL,
  day     INT              NOT NULL,
  counter TINYINT UNSIGNED NOT NULL,
  value   BIGINT           NOT NULL,
  PRIMARY KEY (app_id, day, counter)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who was active on a day, and how; summed up into counters and deleted soon after the day.
CREATE TABLE IF NOT EXISTS statistic_user (
  app_id     BIGINT UNSIGNED  NOT NULL,
  day        INT              NOT NULL,
  account_id BIGINT UNSIGNED  NOT NULL,
  kinds      TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (app_id, day, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Groups in which something was said on a day; summed up and deleted with the day's users.
CREATE TABLE IF NOT EXISTS statistic_group (
  app_id   BIGINT UNSIGNED NOT NULL,
  day      INT             NOT NULL,
  group_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (app_id, day, group_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What transactions other than those of messages have counted, each a row of its own; summed up within seconds and deleted.
CREATE TABLE IF NOT EXISTS statistic_pending (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  counted_at DATETIME        NOT NULL,
  counts     MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:133-feed-counts
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'commit_feed' AND column_name = 'uncounted'
-- What a batch of messages adds to statistics, until it is summed up.
ALTER TABLE commit_feed
  ADD COLUMN uncounted TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN counts MEDIUMBLOB NULL,
  ADD KEY commit_feed_uncounted (uncounted);

--changeset palisade:133-account-created
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'account' AND index_name = 'account_created'
CREATE INDEX account_created ON account (app_id, created_at);
