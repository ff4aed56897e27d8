/** Finding events in the audit log, and handing them out. */
package im.palisade.server.auditlog.search;
