/** Places that the log's operator cannot rewrite, and receipts from them. */
package im.palisade.compliance.anchor;
