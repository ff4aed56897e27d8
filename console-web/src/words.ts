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

/** A number in the reader's language. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(i18n.global.locale.value, { maximumFractionDigits: digits }).format(value);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A number of bytes. */
export function size(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${number(bytes / 1024 ** step, step === 0 ? 0 : 1)} ${UNITS[step]}`;
}

/** What a field for a local time says of a moment. */
export function localField(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Whether somebody may come into a group by asking or by being brought. */
export function gateName(option: string): string {
  const key = `gate.${option}`;
  return i18n.global.te(key, 'en') ? i18n.global.t(key) : option;
}

/** What a webhook is told of; the server says it in English. */
export function hookMeaning(hook: { event: string; meaning: string }): string {
  const key = `hook.${hook.event.replace('.', '-')}`;
  return i18n.global.te(key, i18n.global.locale.value) ? i18n.global.t(key) : hook.meaning;
}

// The first that fits: browsers name their forebears too.
const BROWSERS: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/SamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** A browser in short, of what it says of itself; all of that where nothing in it is known. */
export function browserName(userAgent: string): string {
  const browser = BROWSERS.flatMap(([sign, name]) => {
    const found = sign.exec(userAgent);
    return found === null ? [] : [`${name} ${found[1]}`];
  })[0];
  const system = SYSTEMS.find(([sign]) => sign.test(userAgent))?.[1];
  return browser === undefined ? userAgent : [browser, system].filter((each) => each !== undefined).join(' · ');
}

interface NamedRole {
  key: string;
  name: string;
  description: string;
  builtIn: boolean;
}

/** What a role is called; ours have a name in each language. */
export function roleName(role: NamedRole): string {
  return role.builtIn ? i18n.global.t(`role.${role.key}.name`) : role.name;
}

/** What a role is for. */
export function roleText(role: NamedRole): string {
  return role.builtIn ? i18n.global.t(`role.${role.key}.text`) : role.description;
}

const STANDARD_TAG = 'Tag_Profile_IM_';
const OWN_TAG = 'Tag_Profile_Custom_';

/** What a profile field is called; an app's own by the name it gave. */
export function fieldName(tag: string): string {
  return tag.startsWith(STANDARD_TAG)
    ? i18n.global.t(`field.${tag.slice(STANDARD_TAG.length)}`)
    : tag.replace(OWN_TAG, '');
}

/** A value of a profile field: words have names, the rest is shown as it is. */
export function fieldValue(value: unknown): string {
  const key = `value.${String(value)}`;
  return typeof value === 'string' && i18n.global.te(key, 'en') ? i18n.global.t(key) : String(value ?? '–');
}

/** What a choice of a setting is called. */
export function choiceName(word: string): string {
  const key = `choice.${word}`;
  return i18n.global.te(key, 'en') ? i18n.global.t(key) : word;
}
