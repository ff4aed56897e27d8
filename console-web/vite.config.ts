import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import components from 'unplugin-vue-components/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  plugins: [
    vue(),
    // Messages are compiled here: compiling them in the browser would need eval.
    vueI18n({
      include: './src/locales/*.json',
      strictMessage: true,
    }),
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
