--liquibase formatted sql

--changeset palisade:230-live-rooms
-- Who may not enter a live room, until which UNIX second; 9223372036854775807 for ever. banned_at
-- (microseconds) orders the list.
CREATE TABLE IF NOT EXISTS live_room_ban (
  conversation_id BIGINT UNSIGNED NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  banned_until    BIGINT          NOT NULL,
  banned_at       BIGINT          NOT NULL,
  PRIMARY KEY (conversation_id, account_id),
  KEY live_room_ban_order (conversation_id, banned_at, account_id),
  KEY live_room_ban_of (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS live_room_admin (
  conversation_id BIGINT UNSIGNED NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (conversation_id, account_id),
  KEY live_room_admin_of (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Message numbers of a room up to here were reserved before any was given out: none comes twice.
CREATE TABLE IF NOT EXISTS live_room_seq (
  conversation_id BIGINT UNSIGNED NOT NULL,
  reserved        BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS live_broadcast (
  app_id   BIGINT UNSIGNED NOT NULL,
  last_seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
