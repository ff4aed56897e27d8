package im.palisade.server.jobs;

import im.palisade.server.audit.AuditDeclaration;
import java.time.Duration;

/**
 * Something the server does by itself again and again.
 *
 * @param every pause between the end of one run and the start of the next
 * @param audit the events it records, or why none
 */
public record Job(String name, Duration every, AuditDeclaration audit, Runnable work) {}
