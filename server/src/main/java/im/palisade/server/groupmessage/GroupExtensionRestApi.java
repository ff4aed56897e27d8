package im.palisade.server.groupmessage;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.Rule;
import im.palisade.server.groupmessage.GroupEvents.Changed;
import im.palisade.server.message.ExtensionJson;
import im.palisade.server.message.ExtensionService;
import im.palisade.server.message.ExtensionService.Operation;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.Optional;

/** Extensions of group messages through REST (rest-messages C3, C4). */
final class GroupExtensionRestApi {
  private static final String SERVICE = "openim_msg_ext_http_svc";

  private static final Field<Long> MSG_SEQ =
      Field.u32("MsgSeq", "sequence of the message").required();

  private final ExtensionService extensions;
  private final GroupEdits edits;
  private final GroupEvents events;
  private final Places places;

  GroupExtensionRestApi(
      ExtensionService extensions, GroupEdits edits, GroupEvents events, Places places) {
    this.extensions = extensions;
    this.edits = edits;
    this.events = events;
    this.places = places;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "group_get_key_values", Family.GROUP)
            .meaning("Reads the pairs of a group message")
            .fields(GroupFields.GROUP_ID, MSG_SEQ, ExtensionJson.START_SEQ)
            .handledBy(AuditDeclaration.records("content.read"), this::pull),
        Endpoint.of(SERVICE, "group_set_key_values", Family.GROUP)
            .meaning("Sets, deletes or clears the pairs of a group message")
            .fields(
                GroupFields.GROUP_ID,
                MSG_SEQ,
                ExtensionJson.OPERATE_TYPE,
                ExtensionJson.EXTENSION_LIST)
            .handledBy(AuditDeclaration.records("message.modify"), this::change));
  }

  private RestReply pull(RestCall call) {
    long seq = call.get(MSG_SEQ);
    long startSeq = call.get(ExtensionJson.START_SEQ);
    Place place = place(call);
    return ExtensionJson.reply(
        extensions.pull(call.app(), place.conversation(), seq, startSeq, call.cause()));
  }

  private RestReply change(RestCall call) {
    long seq = call.get(MSG_SEQ);
    Operation operation = ExtensionJson.operation(call);
    Place place = place(call);
    ExtensionService.Changed changed =
        extensions.change(call.app(), place.conversation(), seq, operation, call.cause());
    changed
        .message()
        .ifPresent(
            message -> {
              Changed told = edits.told(call.app(), place, message);
              events.extended(call.app(), place, told, changed.told());
            });
    return ExtensionJson.reply(changed.results());
  }

  private Place place(RestCall call) {
    ExtensionService.checkOn(call.app());
    Place place = places.named(call.app(), call.get(GroupFields.GROUP_ID), Optional.empty());
    if (!place.group().type().allows(Rule.EXTENSIONS)) {
      throw new ImException(ErrorCode.EXTENSION_UNSUPPORTED);
    }
    return place;
  }
}
