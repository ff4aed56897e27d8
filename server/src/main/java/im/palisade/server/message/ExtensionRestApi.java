package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.ExtensionService.Named;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;

/** Extensions of one-to-one messages through REST (rest-messages C1, C2). */
public final class ExtensionRestApi {
  private static final String SERVICE = "openim_msg_ext_http_svc";
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", MAX_TEXT, "sender of the message; the caller when absent")
          .whenWrong(ErrorCode.GROUP_INVALID_PARAMETER);
  private static final Field<String> TO_ACCOUNT =
      Field.text("To_Account", MAX_TEXT, "recipient of the message").required();
  private static final Field<String> MSG_KEY =
      Field.text("MsgKey", MAX_TEXT, "key of the message").required();

  private final ExtensionService extensions;
  private final AccountService accounts;

  public ExtensionRestApi(ExtensionService extensions, AccountService accounts) {
    this.extensions = extensions;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "get_key_values", Family.GROUP)
            .meaning("Reads the pairs of a one-to-one message")
            .fields(FROM_ACCOUNT, TO_ACCOUNT, MSG_KEY, ExtensionJson.START_SEQ)
            .handledBy(AuditDeclaration.records("content.read"), this::pull),
        Endpoint.of(SERVICE, "set_key_values", Family.GROUP)
            .meaning("Sets, deletes or clears the pairs of a one-to-one message")
            .fields(
                FROM_ACCOUNT,
                TO_ACCOUNT,
                MSG_KEY,
                ExtensionJson.OPERATE_TYPE,
                ExtensionJson.EXTENSION_LIST)
            .handledBy(AuditDeclaration.records("message.modify"), this::change));
  }

  private RestReply pull(RestCall call) {
    return ExtensionJson.reply(
        extensions.pull(call.app(), named(call), call.get(ExtensionJson.START_SEQ), call.cause()));
  }

  private RestReply change(RestCall call) {
    return ExtensionJson.reply(
        extensions.change(call.app(), named(call), ExtensionJson.operation(call), call.cause()));
  }

  private Named named(RestCall call) {
    String from = call.find(FROM_ACCOUNT).orElse(call.administrator().userId());
    String to = call.get(TO_ACCOUNT);
    MsgKey key =
        MsgKey.parse(call.get(MSG_KEY))
            .orElseThrow(
                () -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "MsgKey is malformed"));
    return new Named(account(call, from), account(call, to), key);
  }

  private Account account(RestCall call, String userId) {
    return accounts
        .find(call.app(), userId)
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
  }
}
