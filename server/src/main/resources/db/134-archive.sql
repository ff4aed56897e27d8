--liquibase formatted sql

--changeset palisade:134-conversation-of-app
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'conversation' AND index_name = 'conversation_of_app'
-- Never changes with a message, so it costs a conversation's creation only.
CREATE INDEX conversation_of_app ON conversation (app_id, kind);
