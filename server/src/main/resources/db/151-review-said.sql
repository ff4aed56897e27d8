--liquibase formatted sql

--changeset palisade:151-review-said
-- What a message said that is stored nowhere else, in a live room, and waits to be looked at.
CREATE TABLE IF NOT EXISTS moderation_review_said (
  review_id       BIGINT UNSIGNED NOT NULL,
  conversation_id BIGINT UNSIGNED NOT NULL,
  app_id          BIGINT UNSIGNED NOT NULL,
  msg_key         VARBINARY(50)   NOT NULL,
  said_at         INT UNSIGNED    NOT NULL,
  content         MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (review_id),
  KEY review_said_conversation (conversation_id),
  KEY review_said_age (app_id, said_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
