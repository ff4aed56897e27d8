package im.palisade.server.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import im.palisade.server.app.Webhook.OnFailure;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'groupFields':[{'name':'1a'}]",
        "'groupFields':[{'name':'a-b'}]",
        "'groupFields':[{'name':''}]",
        "'groupFields':[{'name':'abcdefghijklmnopq'}]",
        "'groupFields':[{'name':'a'},{'name':'a'}]",
        "'groupFields':[{'name':'a'}],'memberFields':[{'name':'a'}]",
        "'memberFields':[{'name':'a'},{'name':'b'},{'name':'c'},{'name':'d'},{'name':'e'},{'name':'f'}]",
        "'ratePerSecond':9",
        "'ratePerSecond':1001",
        "'broadcastRate':6",
        "'replay':21",
        "'customTypes':[{'name':'Work','base':'Public'}]"
      })
  void whatGroupsMayNotBeSetToIsRefused(String setting) {
    String json = "{\"groups\":{" + setting.replace('\'', '"') + "}}";
    assertThrows(IllegalArgumentException.class, () -> AppSettings.parse(json));
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
