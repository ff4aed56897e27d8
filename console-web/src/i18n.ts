import { ref, watch } from 'vue';
import { createI18n } from 'vue-i18n';
import en from './locales/en.json';

export const LANGUAGES = { en: 'English', ko: '한국어', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'palisade.language';
const loaders = {
  ko: () => import('./locales/ko.json'),
  zh: () => import('./locales/zh.json'),
};
const kitLoaders = {
  en: () => import('element-plus/es/locale/lang/en'),
  ko: () => import('element-plus/es/locale/lang/ko'),
  zh: () => import('element-plus/es/locale/lang/zh-cn'),
};

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } });

/** The words of the UI kit's own parts. */
export const kitLocale = ref<object>({});

export const language = ref<Language>(chosen());

function chosen(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((each) => each.slice(0, 2));
  return (wanted.find((each) => each in LANGUAGES) as Language | undefined) ?? 'en';
}

/** Shows another language, now and at the next visit. */
export async function show(next: Language): Promise<void> {
  if (next !== 'en') {
    i18n.global.setLocaleMessage(next, (await loaders[next]()).default as never);
  }
  kitLocale.value = (await kitLoaders[next]()).default;
  i18n.global.locale.value = next as never;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : next;
}

watch(language, (next) => {
  localStorage.setItem(KEY, next);
  void show(next);
});
