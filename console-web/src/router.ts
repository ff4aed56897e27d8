import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router';
import type { Permission } from './api/client';
import { i18n } from './i18n';
import { allows, allowsSomewhere, loadSession, session } from './session';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the title. */
    title: string;
    /** Shown to whoever may do this, or one of these. */
    permission?: Permission | Permission[];
    /** Whether having it for any app is enough. */
    somewhere?: boolean;
    /** Whether the page is about the app chosen at the top. */
    ofApp?: boolean;
    /** Whether it stands in the menu, and under which icon. */
    menu?: boolean;
  }
}

/** The pages; those with `menu` stand in the menu in this order. Each has its permission here and nowhere else. */
export const PAGES: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'home',
    component: () => import('./pages/HomePage.vue'),
    meta: { title: 'home.title', menu: true },
  },
  {
    path: '/apps',
    name: 'apps',
    component: () => import('./pages/AppsPage.vue'),
    meta: { title: 'apps.title', permission: 'apps.read', somewhere: true, menu: true },
  },
  {
    path: '/app',
    name: 'app',
    component: () => import('./pages/AppPage.vue'),
    meta: { title: 'app.title', permission: 'apps.read', ofApp: true },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./pages/SettingsPage.vue'),
    meta: { title: 'settings.title', permission: 'settings.read', ofApp: true, menu: true },
  },
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
    path: '/groups',
    name: 'groups',
    component: () => import('./pages/GroupsPage.vue'),
    meta: { title: 'groups.title', permission: 'groups.read', ofApp: true, menu: true },
  },
  {
    path: '/groups/detail',
    name: 'group',
    component: () => import('./pages/GroupPage.vue'),
    meta: { title: 'groups.one', permission: 'groups.read', ofApp: true },
  },
  {
    path: '/rooms',
    name: 'rooms',
    component: () => import('./pages/RoomsPage.vue'),
    meta: { title: 'rooms.title', permission: 'rooms.read', ofApp: true, menu: true },
  },
  {
    path: '/rooms/detail',
    name: 'room',
    component: () => import('./pages/RoomPage.vue'),
    meta: { title: 'rooms.one', permission: 'rooms.read', ofApp: true },
  },
  {
    path: '/messages',
    name: 'messages',
    component: () => import('./pages/MessagesPage.vue'),
    meta: { title: 'messages.title', permission: ['messages.read', 'messages.send'], ofApp: true, menu: true },
  },
  {
    path: '/moderation',
    name: 'moderation',
    component: () => import('./pages/ModerationPage.vue'),
    meta: { title: 'moderation.title', permission: 'moderation.read', ofApp: true, menu: true },
  },
  {
    path: '/webhooks',
    name: 'webhooks',
    component: () => import('./pages/WebhooksPage.vue'),
    meta: { title: 'webhooks.title', permission: 'webhooks.read', ofApp: true, menu: true },
  },
  {
    path: '/usersig',
    name: 'usersig',
    component: () => import('./pages/UserSigPage.vue'),
    meta: { title: 'usersig.title', permission: 'usersig.use', ofApp: true, menu: true },
  },
  {
    path: '/administrators',
    name: 'administrators',
    component: () => import('./pages/AdministratorsPage.vue'),
    meta: { title: 'administrators.title', permission: 'administrators.read', menu: true },
  },
  {
    path: '/administrators/detail',
    name: 'administrator',
    component: () => import('./pages/AdministratorPage.vue'),
    meta: { title: 'administrators.one', permission: 'administrators.read' },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./pages/AuditPage.vue'),
    meta: { title: 'audit.title', permission: 'audit.read', menu: true },
  },
  {
    path: '/nodes',
    name: 'nodes',
    component: () => import('./pages/NodesPage.vue'),
    meta: { title: 'nodes.title', permission: 'nodes.read', menu: true },
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
  const { permission, ofApp, somewhere } = page.meta ?? {};
  if (permission === undefined) {
    return true;
  }
  // Which app the pages are about is known only after the first page was chosen.
  const anywhere = somewhere === true || (ofApp === true && session.app === 0);
  return [permission].flat().some((each) => (anywhere ? allowsSomewhere(each) : allows(each, session.app)));
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
