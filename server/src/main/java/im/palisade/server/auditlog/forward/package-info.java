/** Copies of the audit log's events for other systems, as they come. */
package im.palisade.server.auditlog.forward;
