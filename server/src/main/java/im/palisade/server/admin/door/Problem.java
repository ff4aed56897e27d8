package im.palisade.server.admin.door;

import java.util.List;
import java.util.Optional;

/** The body of every answer that is a refusal. */
@Meaning("Why a call was not carried out.")
public record Problem(
    @Meaning("the word to go by") Refusal error,
    @Meaning("an English text for a developer") String message,
    @Meaning("why exactly, where the word above says too little") Optional<Reason> reason,
    @Meaning("what is wrong with which fields") List<FieldFault> fields,
    @Meaning("the number of a rule that refused, as REST v4 numbers them") Optional<Integer> code,
    @Meaning("seconds after which to try again") Optional<Long> retryAfter,
    @Meaning("the request's id in the server's log and in audit events") String request) {

  static Problem of(AdminException e, String request) {
    return new Problem(
        e.refusal(),
        e.getMessage(),
        e.reason(),
        e.faults(),
        Optional.of(e.code()).filter(code -> code != 0),
        e.retryAfter().map(wait -> Math.max(1, wait.plusMillis(999).toSeconds())),
        request);
  }
}
