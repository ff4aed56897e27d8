/**
 * What the audit logs need besides being written: anchored at places outside, verified, and rid of
 * what has expired.
 */
package im.palisade.server.auditlog.care;
