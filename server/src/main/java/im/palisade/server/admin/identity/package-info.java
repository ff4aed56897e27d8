/**
 * Administrators of the installation, who are no users of any app: passwords, second factors,
 * sessions, roles and what these allow.
 */
package im.palisade.server.admin.identity;
