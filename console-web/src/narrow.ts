import { readonly, ref } from 'vue';

const query = matchMedia('(max-width: 800px)');
const is = ref(query.matches);
query.addEventListener('change', () => {
  is.value = query.matches;
});

/** Whether the screen is one of a phone; as in styles.css. */
export const narrow = readonly(is);
