--liquibase formatted sql

--changeset palisade:200-groups
-- A group is a conversation of kind 2, a topic one of kind 3: numbers and versions stand there. A
-- dissolved group keeps its row, so that its id is free again and its messages keep their home: the
-- one live group of a group_id has gone_id 0, a dissolved one its own id. member_time is when somebody
-- last came or went.
CREATE TABLE IF NOT EXISTS im_group (
  conversation_id     BIGINT UNSIGNED   NOT NULL,
  app_id              BIGINT UNSIGNED   NOT NULL,
  group_id            VARBINARY(96)     NOT NULL,
  gone_id             BIGINT UNSIGNED   NOT NULL DEFAULT 0,
  type                TINYINT UNSIGNED  NOT NULL,
  custom_type         VARBINARY(32)     NOT NULL DEFAULT '',
  owner_id            BIGINT UNSIGNED   NOT NULL DEFAULT 0,
  name                VARBINARY(512)    NOT NULL,
  introduction        VARBINARY(512)    NOT NULL DEFAULT '',
  notification        VARBINARY(512)    NOT NULL DEFAULT '',
  face_url            VARBINARY(512)    NOT NULL DEFAULT '',
  create_time         INT UNSIGNED      NOT NULL,
  info_seq            INT UNSIGNED      NOT NULL DEFAULT 1,
  last_info_time      INT UNSIGNED      NOT NULL,
  member_count        INT UNSIGNED      NOT NULL DEFAULT 0,
  member_time         INT UNSIGNED      NOT NULL DEFAULT 0,
  max_members         INT UNSIGNED      NOT NULL,
  join_option         TINYINT UNSIGNED  NOT NULL,
  invite_option       TINYINT UNSIGNED  NOT NULL,
  mute_all            TINYINT UNSIGNED  NOT NULL DEFAULT 0,
  active              TINYINT UNSIGNED  NOT NULL DEFAULT 1,
  support_topic       TINYINT UNSIGNED  NOT NULL DEFAULT 0,
  history_before_join TINYINT UNSIGNED  NOT NULL DEFAULT 0,
  enable_permission   TINYINT UNSIGNED  NOT NULL DEFAULT 0,
  default_permission  BIGINT            NOT NULL DEFAULT 0,
  custom              BLOB              NOT NULL,
  created_at          DATETIME(6)       NOT NULL,
  gone_at             DATETIME(6)       NULL,
  PRIMARY KEY (conversation_id),
  UNIQUE KEY im_group_id (app_id, group_id, gone_id),
  KEY im_group_listed (app_id, gone_id, conversation_id),
  KEY im_group_listed_type (app_id, gone_id, type, custom_type, conversation_id),
  KEY im_group_owner (owner_id),
  KEY im_group_created (app_id, created_at),
  KEY im_group_gone (app_id, gone_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who belongs to a group now. A member sees from from_seq on unless its group shows what was before.
-- Unread follows from running numbers: read_counted is the conversation's number of countable
-- messages at read_seq, own_after how many countable ones the member itself has sent behind it. The
-- conversation's floor_seq stands for a lower position, unless that was set with this floor already
-- (floor_seen). Who joins starts with the conversation's last_seq, its counted_1, 0 and 0.
CREATE TABLE IF NOT EXISTS group_member (
  conversation_id BIGINT UNSIGNED  NOT NULL,
  account_id      BIGINT UNSIGNED  NOT NULL,
  role            TINYINT UNSIGNED NOT NULL,
  join_time       INT UNSIGNED     NOT NULL,
  from_seq        INT UNSIGNED     NOT NULL,
  read_seq        INT UNSIGNED     NOT NULL,
  read_counted    INT UNSIGNED     NOT NULL DEFAULT 0,
  own_after       INT UNSIGNED     NOT NULL DEFAULT 0,
  floor_seen      INT UNSIGNED     NOT NULL DEFAULT 0,
  clear_seq       INT UNSIGNED     NOT NULL DEFAULT 0,
  hidden_seq      INT UNSIGNED     NOT NULL DEFAULT 0,
  msg_flag        TINYINT UNSIGNED NOT NULL,
  name_card       VARBINARY(200)   NOT NULL DEFAULT '',
  last_send_time  INT UNSIGNED     NOT NULL DEFAULT 0,
  custom          BLOB             NOT NULL,
  PRIMARY KEY (conversation_id, account_id),
  KEY group_member_order (conversation_id, join_time, account_id),
  KEY group_member_role (conversation_id, role, join_time, account_id),
  KEY group_member_of (account_id, conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Memberships that have ended: what such an account may still read, and its conversation list.
CREATE TABLE IF NOT EXISTS group_past_member (
  conversation_id BIGINT UNSIGNED NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  from_seq        INT UNSIGNED    NOT NULL,
  to_seq          INT UNSIGNED    NOT NULL,
  read_seq        INT UNSIGNED    NOT NULL,
  clear_seq       INT UNSIGNED    NOT NULL,
  hidden_seq      INT UNSIGNED    NOT NULL,
  PRIMARY KEY (conversation_id, account_id, from_seq),
  KEY group_past_member_of (account_id, conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Dissolved groups and topics whose members are still to be taken out.
CREATE TABLE IF NOT EXISTS group_remains (
  conversation_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- UNIX seconds until which an account may not send in a group or topic, member or not;
-- 9223372036854775807 for ever.
CREATE TABLE IF NOT EXISTS group_mute (
  conversation_id BIGINT UNSIGNED NOT NULL,
  account_id      BIGINT UNSIGNED NOT NULL,
  until           BIGINT          NOT NULL,
  PRIMARY KEY (conversation_id, account_id),
  KEY group_mute_end (conversation_id, until),
  KEY group_mute_of (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:200-group-applications
-- Who waits to be let in: kind 1 asked, kind 2 was invited by a member. Answered ones stay until the
-- same account asks again, so that a second answer can be told from an unknown one.
CREATE TABLE IF NOT EXISTS group_application (
  id              BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  conversation_id BIGINT UNSIGNED  NOT NULL,
  account_id      BIGINT UNSIGNED  NOT NULL,
  kind            TINYINT UNSIGNED NOT NULL,
  inviter_id      BIGINT UNSIGNED  NOT NULL DEFAULT 0,
  message         VARBINARY(1000)  NOT NULL DEFAULT '',
  created_at      INT UNSIGNED     NOT NULL,
  state           TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY group_application_of (conversation_id, account_id, kind),
  KEY group_application_pending (conversation_id, state, id),
  KEY group_application_account (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:200-group-attributes
-- All attributes of one group: at most 16, read and written as a whole. The version counts writes.
CREATE TABLE IF NOT EXISTS group_attributes (
  conversation_id BIGINT UNSIGNED NOT NULL,
  version         INT UNSIGNED    NOT NULL,
  pairs           MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS group_counter (
  conversation_id BIGINT UNSIGNED NOT NULL,
  counter_key     VARBINARY(128)  NOT NULL,
  value           BIGINT          NOT NULL,
  PRIMARY KEY (conversation_id, counter_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:200-group-topics
CREATE TABLE IF NOT EXISTS group_topic (
  conversation_id BIGINT UNSIGNED  NOT NULL,
  community_id    BIGINT UNSIGNED  NOT NULL,
  topic_id        VARBINARY(96)    NOT NULL,
  gone_id         BIGINT UNSIGNED  NOT NULL DEFAULT 0,
  name            VARBINARY(512)   NOT NULL,
  introduction    VARBINARY(512)   NOT NULL DEFAULT '',
  notification    VARBINARY(512)   NOT NULL DEFAULT '',
  face_url        VARBINARY(512)   NOT NULL DEFAULT '',
  custom_string   VARBINARY(3000)  NOT NULL DEFAULT '',
  create_time     INT UNSIGNED     NOT NULL,
  mute_all        TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation_id),
  UNIQUE KEY group_topic_id (community_id, gone_id, topic_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A member's position and option in a topic, once it has any.
CREATE TABLE IF NOT EXISTS group_topic_member (
  conversation_id BIGINT UNSIGNED  NOT NULL,
  account_id      BIGINT UNSIGNED  NOT NULL,
  read_seq        INT UNSIGNED     NOT NULL DEFAULT 0,
  read_counted    INT UNSIGNED     NOT NULL DEFAULT 0,
  own_after       INT UNSIGNED     NOT NULL DEFAULT 0,
  floor_seen      INT UNSIGNED     NOT NULL DEFAULT 0,
  clear_seq       INT UNSIGNED     NOT NULL DEFAULT 0,
  hidden_seq      INT UNSIGNED     NOT NULL DEFAULT 0,
  msg_flag        TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation_id, account_id),
  KEY group_topic_member_of (account_id, conversation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:200-group-days
-- How many more groups an app has made than dissolved on a day; kept only where that is capped.
CREATE TABLE IF NOT EXISTS group_day (
  app_id BIGINT UNSIGNED NOT NULL,
  day    DATE            NOT NULL,
  net    INT             NOT NULL,
  PRIMARY KEY (app_id, day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

--changeset palisade:200-group-permissions
-- Permission groups of a community: bits of the community, members, and bits in single topics.
CREATE TABLE IF NOT EXISTS permission_group (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  community_id  BIGINT UNSIGNED NOT NULL,
  permission_id VARBINARY(96)   NOT NULL,
  name          VARBINARY(150)  NOT NULL,
  permission    BIGINT UNSIGNED NOT NULL,
  custom_string VARBINARY(3000) NOT NULL DEFAULT '',
  create_time   INT UNSIGNED    NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY permission_group_id (community_id, permission_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS permission_member (
  permission_group BIGINT UNSIGNED NOT NULL,
  account_id       BIGINT UNSIGNED NOT NULL,
  community_id     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (permission_group, account_id),
  KEY permission_member_of (community_id, account_id),
  KEY permission_member_account (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS permission_topic (
  permission_group BIGINT UNSIGNED NOT NULL,
  topic_id         BIGINT UNSIGNED NOT NULL,
  permission       BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (permission_group, topic_id),
  KEY permission_topic_of (topic_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
