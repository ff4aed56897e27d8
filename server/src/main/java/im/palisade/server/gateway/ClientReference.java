package im.palisade.server.gateway;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The reference of commands, events and codes as Markdown, made of nothing but their declarations.
 */
public final class ClientReference {
  /** What any command may be answered before it is asked itself. */
  private static final List<ErrorCode> GENERAL =
      List.of(
          ErrorCode.NOT_AUTHENTICATED,
          ErrorCode.UNKNOWN_RESOURCE,
          ErrorCode.BODY_EMPTY,
          ErrorCode.BACKEND_TIMEOUT);

  private final Collection<Command> commands;

  public ClientReference(CommandTable table) {
    commands = table.commands();
  }

  /** All of it. */
  public String markdown() {
    StringBuilder text = new StringBuilder("\n## Commands\n");
    String family = "";
    for (Command command : commands) {
      String name = command.name();
      String of = name.contains(".") ? name.substring(0, name.indexOf('.')) : "session";
      if (!of.equals(family)) {
        text.append("\n### ").append(of).append('\n');
        family = of;
      }
      command(text, command);
    }
    text.append("\n## Events\n");
    for (ClientEvent event : ClientEvent.values()) {
      text.append("\n#### `").append(event.wireName()).append("`\n\n");
      text.append(event.meaning()).append("\n\n| field | |\n| --- | --- |\n");
      event.fields().forEach(field -> reply(text, field));
    }
    codes(text);
    return text.append('\n').toString();
  }

  private static void command(StringBuilder text, Command command) {
    text.append("\n#### `").append(command.name()).append("`\n\n");
    text.append(command.meaning()).append('\n');
    if (!command.params().isEmpty()) {
      text.append("\n| data | type | | code |\n| --- | --- | --- | --- |\n");
      command.params().forEach(param -> param(text, "", param, command.wrong()));
    }
    if (!command.reply().isEmpty()) {
      text.append("\n| reply | |\n| --- | --- |\n");
      command.reply().forEach(field -> reply(text, field));
    }
    if (!command.codes().isEmpty()) {
      text.append("\nCodes of its own: ").append(numbers(command.codes())).append(".\n");
    }
    switch (command.audit()) {
      case AuditDeclaration.Records records ->
          text.append("\nAudit: ")
              .append(
                  records.types().stream()
                      .map(type -> '`' + type.id() + '`')
                      .collect(Collectors.joining(", ")))
              .append(".\n");
      case AuditDeclaration.None none ->
          text.append("\nAudit: none, ").append(none.because()).append(".\n");
    }
  }

  private static void param(StringBuilder text, String within, Param<?> param, Wrong ofCommand) {
    text.append("| `").append(within).append(param.name()).append("` | ");
    text.append(type(param.type())).append(" | ").append(param.meaning());
    if (param.isRequired()) {
      text.append("; **required**");
    }
    param
        .defaultValue()
        .map(ClientReference::shown)
        .filter(value -> !value.isEmpty())
        .ifPresent(value -> text.append("; default ").append(value));
    text.append(" | ").append(codes(param, ofCommand)).append(" |\n");
    if (param.type() instanceof ParamType.ListOf<?> list
        && list.element() instanceof ParamType.Nested nested) {
      nested.fields().forEach(each -> param(text, param.name() + "[].", each, ofCommand));
    }
  }

  private static String codes(Param<?> param, Wrong ofCommand) {
    Set<String> codes = new LinkedHashSet<>();
    if (param.isRequired()) {
      codes.add(param.codes(ParamType.Fault.ABSENT, ofCommand).toString());
    }
    if (!(param.type() instanceof ParamType.Raw)) {
      codes.add(param.codes(ParamType.Fault.WRONG, ofCommand).toString());
    }
    if (param.type() instanceof ParamType.ListOf<?>) {
      codes.add(param.codes(ParamType.Fault.TOO_MANY, ofCommand).toString());
    }
    return String.join("; ", codes);
  }

  private static String shown(Object value) {
    return switch (value) {
      case String text -> text.isEmpty() ? "" : '`' + text + '`';
      case Collection<?> _, Map<?, ?> _ -> "";
      default -> value.toString();
    };
  }

  private static String type(ParamType<?> type) {
    return switch (type) {
      case ParamType.Text text ->
          text.maxBytes() >= Param.ANY_LENGTH
              ? "string"
              : "string of at most " + text.maxBytes() + " bytes";
      case ParamType.Word word ->
          word.words().stream().map(each -> '`' + each + '`').collect(Collectors.joining(", "));
      case ParamType.Whole whole ->
          whole.min() == Long.MIN_VALUE ? "integer" : whole.min() + " to " + whole.max();
      case ParamType.Limit limit -> "1 to " + limit.most() + ", more counts as the most";
      case ParamType.Flag _ -> "boolean";
      case ParamType.ListOf<?> list ->
          "array of " + list.min() + " to " + list.max() + ": " + type(list.element());
      case ParamType.MapOf<?> map -> "object of " + type(map.value());
      case ParamType.Nested _ -> "object";
      case ParamType.Raw raw -> raw.shape();
    };
  }

  private static void reply(StringBuilder text, ReplyField field) {
    text.append("| `").append(field.plainName()).append("` | ").append(field.meaning());
    text.append(field.isOptional() ? "; may be absent |\n" : " |\n");
  }

  private static String numbers(List<ErrorCode> codes) {
    return codes.stream()
        .map(code -> Integer.toString(code.number()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private void codes(StringBuilder text) {
    Map<Integer, ErrorCode> all = new TreeMap<>();
    GENERAL.forEach(code -> all.put(code.number(), code));
    for (Command command : commands) {
      command.codes().forEach(code -> all.put(code.number(), code));
      if (!command.params().isEmpty()) {
        put(all, command.wrong());
      }
      for (Param<?> param : command.params()) {
        for (ParamType.Fault fault : ParamType.Fault.values()) {
          put(all, param.codes(fault, command.wrong()));
        }
      }
    }
    text.append("\n## Codes\n\nAny command may be answered ").append(numbers(GENERAL));
    text.append(" before it is asked.\n\n| code | meaning |\n| --- | --- |\n");
    all.forEach(
        (number, code) ->
            text.append("| ").append(number).append(" | ").append(code.meaning()).append(" |\n"));
  }

  private static void put(Map<Integer, ErrorCode> all, Wrong wrong) {
    all.put(wrong.code().number(), wrong.code());
    all.put(wrong.inGroups().number(), wrong.inGroups());
  }
}
