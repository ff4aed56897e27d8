import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router';
import type { Permission } from './api/client';
import { i18n } from './i18n';
import { allows, allowsSomewhere, loadSession, session } from './session';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the title. */
    title: string;
    /** Shown to whoever may do this. */
    permission?: Permission;
    /** Whether the page is about the app chosen at the top. */
    ofApp?: boolean;
    /** Whether it stands in the menu, and under which icon. */
    menu?: boolean;
  }
}

/** The pages; those with `menu` stand in the menu in this order. Each has its permission here and nowhere else. */
export const PAGES: RouteRecordRaw[] = [
  {
    path: '/users',
    name: 'users',
    component: () => import('./pages/UsersPage.vue'),
    meta: { title: 'users.title', permission: 'users.read', ofApp: true, menu: true },
  },
  {
    path: '/users/detail',
    name: 'user',
    component: () => import('./pages/UserPage.vue'),
    meta: { title: 'user.title', permission: 'users.read', ofApp: true },
  },
  {
    path: '/account',
    name: 'account',
    component: () => import('./pages/AccountPage.vue'),
    meta: { title: 'account.title', menu: true },
  },
];

export const router = createRouter({
  history: createWebHashHistory('/console/'),
  routes: [
    {
      path: '/sign-in',
      name: 'sign-in',
      component: () => import('./pages/SignInPage.vue'),
      meta: { title: 'signIn.title' },
    },
    {
      path: '/first-administrator',
      name: 'first-administrator',
      component: () => import('./pages/FirstAdministratorPage.vue'),
      meta: { title: 'first.title' },
    },
    {
      path: '/password',
      name: 'password',
      component: () => import('./pages/PasswordPage.vue'),
      meta: { title: 'password.title' },
    },
    {
      path: '/second-factor',
      name: 'second-factor',
      component: () => import('./pages/SecondFactorPage.vue'),
      meta: { title: 'factor.title' },
    },
    {
      path: '/',
      component: () => import('./layouts/ShellLayout.vue'),
      children: [
        {
          path: '',
          name: 'home',
          component: () => import('./pages/HomePage.vue'),
          meta: { title: 'home.title' },
        },
        ...PAGES,
        {
          path: '/:rest(.*)*',
          name: 'not-found',
          component: () => import('./pages/NotFoundPage.vue'),
          meta: { title: 'notFound.title' },
        },
      ],
    },
  ],
});

const GATES: Record<string, string> = {
  'first-administrator': 'first-administrator',
  'signed-out': 'sign-in',
  'password-change-needed': 'password',
  'second-factor-missing': 'second-factor',
};

/** Whether who is signed in may see a page. */
export function isOpen(page: Pick<RouteRecordRaw, 'meta'>): boolean {
  const permission = page.meta?.permission;
  if (permission === undefined) {
    return true;
  }
  return page.meta?.ofApp === true && session.app === 0
    ? allowsSomewhere(permission)
    : allows(permission, session.app);
}

router.beforeEach(async (to) => {
  if (session.state === undefined) {
    await loadSession().catch(() => {
      session.state = 'signed-out';
    });
  }
  const gate = GATES[session.state ?? 'signed-out'];
  if (gate !== undefined) {
    return to.name === gate ? true : { name: gate, query: to.name === 'home' ? {} : { back: to.fullPath } };
  }
  if (to.name === 'sign-in' || to.name === 'first-administrator' || to.name === 'password') {
    return { name: 'home' };
  }
  return isOpen(to) ? true : { name: 'not-found', params: { rest: ['forbidden'] } };
});

router.afterEach((to) => {
  const { t } = i18n.global;
  document.title = `${t(to.meta.title)} · Palisade`;
});
