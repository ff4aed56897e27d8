--liquibase formatted sql

--changeset palisade:112-friend-requests-read
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'relation' AND column_name = 'requests_read'
-- UNIX seconds up to which the account has seen the friend requests it received.
ALTER TABLE relation ADD COLUMN requests_read INT UNSIGNED NOT NULL DEFAULT 0;
