import { i18n } from './i18n';

/** The last second of the year 9999 stands for ever. */
const FOR_EVER = '9999-';

/** A time in the reader's language and time zone. */
export function time(iso: string | undefined): string {
  if (iso === undefined) {
    return '–';
  }
  if (iso.startsWith(FOR_EVER)) {
    return i18n.global.t('word.forEver');
  }
  return new Intl.DateTimeFormat(i18n.global.locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(iso),
  );
}
