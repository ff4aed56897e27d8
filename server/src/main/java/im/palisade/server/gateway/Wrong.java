package im.palisade.server.gateway;

import im.palisade.server.protocol.ErrorCode;

/** What a fault is answered with: commands of all conversations have other codes in groups. */
public record Wrong(ErrorCode code, ErrorCode inGroups) {

  /** The same everywhere. */
  public static Wrong of(ErrorCode code) {
    return new Wrong(code, code);
  }

  /** The code that holds. */
  public ErrorCode code(boolean grouped) {
    return grouped ? inGroups : code;
  }

  @Override
  public String toString() {
    return code == inGroups
        ? Integer.toString(code.number())
        : code.number() + ", in groups " + inGroups.number();
  }
}
