import { computed, ref, shallowRef } from 'vue';
import { wordsOf } from './problems';

/** What a page shows, with whether it is being fetched and why it could not be. */
export function useData<T>(fetch: () => Promise<T>) {
  const data = shallowRef<T>();
  const busy = ref(false);
  const problem = ref('');
  let newest = 0;

  async function load(): Promise<void> {
    const mine = ++newest;
    busy.value = true;
    try {
      const found = await fetch();
      // An answer that was overtaken by a later question says nothing any more.
      if (mine === newest) {
        data.value = found;
        problem.value = '';
      }
    } catch (error) {
      if (mine === newest) {
        problem.value = wordsOf(error);
      }
    } finally {
      if (mine === newest) {
        busy.value = false;
      }
    }
  }

  return { data, busy, problem, load };
}

/** A list page by page. Pages have no numbers: each begins where the one before ended. */
export function usePages<K extends string | number, P extends { next?: K }>(
  fetch: (after: K | undefined) => Promise<P>,
) {
  const starts = ref<K[]>([]);
  const { data, busy, problem, load } = useData(() => fetch(starts.value.at(-1) as K | undefined));

  async function first(): Promise<void> {
    starts.value = [];
    await load();
  }

  async function next(): Promise<void> {
    const start = data.value?.next;
    if (start !== undefined) {
      starts.value = [...starts.value, start] as typeof starts.value;
      await load();
    }
  }

  async function back(): Promise<void> {
    starts.value = starts.value.slice(0, -1);
    await load();
  }

  const atStart = computed(() => starts.value.length === 0);
  const atEnd = computed(() => data.value?.next === undefined);
  return { data, busy, problem, load, first, next, back, atStart, atEnd };
}
