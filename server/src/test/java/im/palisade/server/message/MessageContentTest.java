package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stored content gives back everything it was given. */
class MessageContentTest {
  @ParameterizedTest
  @CsvSource({"custom, push", "custom,", ", push", ","})
  void bodyCustomDataAndPushSettingsComeBack(String custom, String push) {
    MessageBody body = text(Optional.ofNullable(custom));
    byte[] content = MessageContent.encode(body, Optional.ofNullable(push));
    assertArrayEquals(body.elements(), MessageContent.decode(content).elements());
    assertEquals(Optional.ofNullable(custom), MessageContent.decode(content).cloudCustomData());
    assertEquals(Optional.ofNullable(push), MessageContent.offlinePush(content));
  }

  @Test
  void anEmptyTextIsNotNone() {
    byte[] content = MessageContent.encode(text(Optional.of("")), Optional.of("{}"));
    assertEquals(Optional.of(""), MessageContent.decode(content).cloudCustomData());
    assertEquals(Optional.of("{}"), MessageContent.offlinePush(content));
  }

  private static MessageBody text(Optional<String> custom) {
    return MessageBody.of(
        Json.mapper().createArrayNode().add(StoredMessages.element("hi")),
        custom,
        12_288,
        ErrorCode.MESSAGE_TOO_LONG,
        false);
  }
}
