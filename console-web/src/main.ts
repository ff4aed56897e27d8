import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/dark/css-vars.css';
import './styles.css';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n, language, show } from './i18n';
import { router } from './router';
import './theme';

await show(language.value);
createApp(App).use(i18n).use(router).mount('#app');
