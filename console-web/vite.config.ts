import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import components from 'unplugin-vue-components/vite';
import { defineConfig, type Plugin } from 'vite';

/** Notes which packages the pages are made of: what is told of them in the bundle goes by that. */
function packages(): Plugin {
  return {
    name: 'packages',
    generateBundle(_, bundle) {
      const names = Object.values(bundle)
        .flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
        .map((id) => /^.*node_modules\/((?:@[^/]+\/)?[^/?]+)/.exec(id)?.[1])
        .filter((name) => name !== undefined);
      const source = JSON.stringify([...new Set(names)].sort(), null, 2);
      this.emitFile({ type: 'asset', fileName: 'packages.json', source });
    },
  };
}

export default defineConfig({
  base: '/console/',
  plugins: [
    vue(),
    // Messages are compiled here: compiling them in the browser would need eval.
    vueI18n({
      include: './src/locales/*.json',
      strictMessage: true,
    }),
    packages(),
    components({ resolvers: [ElementPlusResolver({ importStyle: 'css' })], dirs: [], dts: false }),
  ],
  server: { proxy: { '/console/api': 'http://127.0.0.1:7082' } },
  build: {
    target: 'es2022',
    // Nothing may be inlined or injected: the server's content policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
