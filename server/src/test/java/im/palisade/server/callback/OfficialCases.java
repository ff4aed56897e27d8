package im.palisade.server.callback;

import static im.palisade.server.callback.Like.assertLike;

/** Makes each webhook of official accounts fire and compares it with its example (§4.8). */
final class OfficialCases {
  private static final String SERVICE = "official_account_open_http_svc/";
  private static final String NAME = "'CallbackCommand':'OfficialAccount.Callback";
  private final Hooked hooked;

  OfficialCases(Hooked hooked) {
    this.hooked = hooked;
  }

  void beforeCreate() {
    create();
    assertLike(
        "{"
            + NAME
            + "BeforeCreateOfficialAccount','Operator_Account':'administrator',"
            + "'Owner_Account':'mia','Name':'City News','EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_BEFORE_CREATE).body());
  }

  void created() {
    String account = create();
    assertLike(
        "{"
            + NAME
            + "AfterCreateOfficialAccount','Official_Account':'"
            + account
            + "','Operator_Account':'administrator','Owner_Account':'mia','Name':'City News',"
            + "'EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_CREATED).body());
  }

  void changed() {
    String account = create();
    call(
        "modify_official_account_base_info",
        "'Official_Account':'" + account + "','Name':'City News','Organization':'City Hall'");
    assertLike(
        "{"
            + NAME
            + "AfterOfficialAccountInfoChanged','Official_Account':'"
            + account
            + "','Operator_Account':'administrator','Organization':'City Hall',"
            + "'EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_CHANGED).body());
  }

  void destroyed() {
    String account = create();
    call("destroy_official_account", "'Official_Account':'" + account + "'");
    assertLike(
        "{"
            + NAME
            + "AfterOfficialAccountDestroyed','Official_Account':'"
            + account
            + "','Owner_Account':'mia','Name':'City News','EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_DESTROYED).body());
  }

  void beforeSubscribe() {
    String account = create();
    subscribe(account);
    assertLike(
        subscriber("BeforeAddSubscriber", account),
        hooked.next(CallbackCommand.OFFICIAL_BEFORE_SUBSCRIBE).body());
  }

  void subscribed() {
    String account = create();
    subscribe(account);
    assertLike(
        subscriber("AfterAddSubscriber", account),
        hooked.next(CallbackCommand.OFFICIAL_SUBSCRIBED).body());
  }

  void full() {
    String account = create();
    subscribe(account);
    assertLike(
        "{"
            + NAME
            + "AfterOfficialAccountFull','Official_Account':'"
            + account
            + "','EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_FULL).body());
  }

  void unsubscribed() {
    String account = create();
    subscribe(account);
    call(
        "delete_subscriber",
        "'Official_Account':'" + account + "','SubscriberToDel_Account':['noah']");
    assertLike(
        subscriber("AfterDeleteSubscriber", account),
        hooked.next(CallbackCommand.OFFICIAL_UNSUBSCRIBED).body());
  }

  void beforeSend() {
    String account = create();
    send(account, 1);
    assertLike(
        "{"
            + NAME
            + "BeforeSendMsg','Official_Account':'"
            + account
            + "','OnlineOnlyFlag':0,'MsgBody':"
            + Hooked.body("Road closed")
            + ",'CloudCustomData':'','EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_BEFORE_SEND).body());
  }

  void afterSend() {
    String account = create();
    String key = send(account, 1);
    assertLike(
        "{"
            + NAME
            + "AfterSendMsg','Official_Account':'"
            + account
            + "','MsgKey':'"
            + key
            + "','MsgTime':'*int','OnlineOnlyFlag':0,'MsgBody':"
            + Hooked.body("Road closed")
            + ",'CloudCustomData':'','EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_AFTER_SEND).body());
  }

  void recalled() {
    String account = create();
    String key = send(account, 1);
    String recall = "'Official_Account':'" + account + "','MsgKeyList':['" + key + "','9_1_9']";
    call("official_account_msg_recall", recall);
    assertLike(
        "{"
            + NAME
            + "AfterMsgWithDraw','Official_Account':'"
            + account
            + "','WithdrawMsgList':[{'MsgKey':'"
            + key
            + "'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.OFFICIAL_RECALL).body());
  }

  String create() {
    return hooked
        .ok(
            SERVICE + "create_official_account",
            "{'Owner_Account':'mia','Name':'City News','MaxSubscriberNum':1}")
        .path("OfficialAccountUserID")
        .asText();
  }

  String send(String account, long random) {
    return hooked
        .ok(
            SERVICE + "send_official_account_msg",
            "{'Official_Account':'%s','Random':%d,'MsgBody':%s}"
                .formatted(account, random, Hooked.body("Road closed")))
        .path("MsgKey")
        .asText();
  }

  private void subscribe(String account) {
    call(
        "add_subscriber",
        "'Official_Account':'" + account + "','SubscriberList':[{'Subscriber_Account':'noah'}]");
  }

  private void call(String command, String members) {
    hooked.ok(SERVICE + command, "{" + members + "}");
  }

  private static String subscriber(String command, String account) {
    return "{"
        + NAME
        + command
        + "','Official_Account':'"
        + account
        + "','Operator_Account':'administrator',"
        + "'SubscribeAccountList':[{'Subscriber_Account':'noah'}],'EventTime':'*now'}";
  }
}
