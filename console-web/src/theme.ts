import { ref, watchEffect } from 'vue';

const KEY = 'palisade.dark';
const stored = localStorage.getItem(KEY);

export const dark = ref(stored === null ? matchMedia('(prefers-color-scheme: dark)').matches : stored === 'true');

watchEffect(() => {
  document.documentElement.classList.toggle('dark', dark.value);
});

export function toggleDark(): void {
  dark.value = !dark.value;
  localStorage.setItem(KEY, String(dark.value));
}
