package im.palisade.server.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.app.Webhook.OnFailure;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Defaults of an app's settings, from the registry of console-features §18. */
class AppSettingsTest {

  @Test
  void theDefaultsAreThoseOfTheRegistry() {
    AppSettings app = AppSettings.DEFAULT;
    assertEquals(MultiLogin.Policy.MULTI, app.multiLogin().policy());
    assertEquals(3, app.multiLogin().webInstances());
    assertEquals(1, app.multiLogin().instancesPerPlatform());
    assertEquals(true, app.createAccountAtLogin());
    assertEquals(30, app.historyDays());
    assertEquals(12_288, app.maxMessageBytes());
    assertEquals(120, app.recallWindowSeconds());
    assertEquals(true, app.messageExtensions());
    assertEquals(100, app.recentContacts());
    assertEquals(true, app.conversationGroups());
    assertEquals(false, app.syncConversationDeletion());
    assertEquals(true, app.blockedShowsSuccess());
    assertEquals(false, app.requireFriend());
    assertEquals(AllowType.ALLOW_ANY, app.defaultAllowType());
    assertEquals(true, app.blockEndsFriendship());
    assertEquals(true, app.followEnabled());
    assertEquals(true, app.allMemberPush());
    assertEquals(100, app.pushesPerDay());
    assertEquals(true, app.accountsDeletable());
    assertEquals(
        8 * 3600, app.zone().getRules().getOffset(java.time.Instant.EPOCH).getTotalSeconds());
  }

  @Test
  void soAreThoseOfGroupsWebhooksAndModeration() {
    GroupSettings groups = AppSettings.DEFAULT.groups();
    assertEquals(Set.of("Private", "Public", "ChatRoom"), groups.receipts());
    assertEquals(true, groups.community());
    assertEquals(true, groups.topics());
    assertEquals(40, groups.ratePerSecond());
    assertEquals(false, groups.rateReject());
    assertEquals(false, groups.memberList());
    assertEquals(false, groups.broadcast());
    assertEquals(1, groups.broadcastRate());
    assertEquals(true, groups.ban());
    assertEquals(0, groups.replay());
    assertEquals(true, groups.legacyNames());
    Webhook webhook = AppSettings.DEFAULT.webhook();
    assertEquals("", webhook.url());
    assertEquals(Set.of(), webhook.events());
    assertEquals(OnFailure.PASS, webhook.c2cFailure());
    assertEquals(OnFailure.PASS, webhook.groupFailure());
    assertEquals(24, webhook.keptHours());
    assertEquals(true, AppSettings.DEFAULT.moderation().text());
    assertEquals(OnFailure.PASS, webhook.moderationFailure());
  }
}
