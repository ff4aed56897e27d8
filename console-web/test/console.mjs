// Signing in and users in a browser, against a real server; see ConsoleWebTest.
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { checkPage, chooseApp, given, open, signIn, words } from './browser.mjs';

function totp(secret, time = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((each) => parseInt(each, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

// First, since the strict server's clock stands still.
test('one-time codes are set up before anything else, and asked for at the next sign-in', async () => {
  const t = words.en;
  const { page, close } = await open();
  await signIn(page, given.strictUrl, 'en', given.strictName);
  await page.getByRole('heading', { name: t.factor.title }).waitFor();
  await page.locator('.qr path').waitFor();
  await checkPage(page, 'second-factor');
  await page.goto(`${given.strictUrl}/console/#/users`);
  await page.getByRole('heading', { name: t.factor.title }).waitFor();
  const secret = (await page.locator('.secret').textContent()).trim();
  await page.getByLabel(t.factor.code).fill('000000');
  await page.getByRole('button', { name: t.factor.go, exact: true }).click();
  await page.getByText(t.problem['wrong-code']).waitFor();
  await page.getByLabel(t.factor.code).fill(totp(secret));
  await page.getByRole('button', { name: t.factor.go, exact: true }).click();
  await page.locator('.codes li').nth(9).waitFor();
  await checkPage(page, 'recovery-codes');
  const recovery = await page.locator('.codes li').first().textContent();
  await page.getByRole('button', { name: t.factor.kept }).click();
  await page.getByRole('heading', { name: t.home.title }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: t.account.title }).click();
  await page.getByText(t.account.factorOn).waitFor();
  await checkPage(page, 'account');
  await page.getByRole('button', { name: t.shell.signOut, exact: true }).click();
  await page.getByRole('heading', { name: t.signIn.title }).waitFor();

  await signIn(page, given.strictUrl, 'en', given.strictName);
  await page.getByLabel(t.signIn.code).fill(recovery);
  await page.getByRole('button', { name: t.signIn.go, exact: true }).click();
  await page.getByRole('heading', { name: t.home.title }).waitFor();
  await close();
});

for (const language of ['en', 'ko', 'zh']) {
  test(`users are found, looked at and acted upon, in ${language}`, async () => {
    const t = words[language];
    const { page, close } = await open(language);
    await page.goto(`${given.url}/console/`);
    await page.getByRole('heading', { name: t.signIn.title }).waitFor();
    await checkPage(page, `sign-in-${language}`);
    await page.getByLabel(t.signIn.name, { exact: true }).fill(`nobody-${language}`);
    await page.getByLabel(t.signIn.password, { exact: true }).fill('wrong password');
    await page.getByRole('button', { name: t.signIn.go, exact: true }).click();
    await page.getByText(t.problem['wrong-credentials']).waitFor();
    await signIn(page, given.url, language);
    await page.getByRole('heading', { name: t.home.title }).waitFor();
    await chooseApp(page, language);
    await checkPage(page, `home-${language}`);

    await page.getByRole('navigation').getByRole('link', { name: t.users.title, exact: true }).click();
    await page.getByRole('heading', { name: t.users.title }).waitFor();
    await page.getByText('user-040', { exact: true }).waitFor();
    await checkPage(page, `users-${language}`);
    await page.getByRole('button', { name: t.action.next, exact: true }).click();
    await page.getByText('user-060', { exact: true }).waitFor();
    await page.getByRole('button', { name: t.action.back, exact: true }).click();
    await page.getByText('user-001', { exact: true }).waitFor();
    await page.getByLabel(t.users.prefix).fill('<script>');
    await page.getByRole('button', { name: t.action.search, exact: true }).click();
    const hostile = page.getByText(given.hostile, { exact: true }).first();
    await hostile.waitFor();
    await page.getByText('user-001', { exact: true }).waitFor({ state: 'detached' });
    await hostile.click();
    await page.getByRole('heading', { name: given.hostile }).waitFor();
    await page.getByText(t.users.active, { exact: true }).waitFor();
    await checkPage(page, `user-${language}`);

    await page.getByRole('button', { name: t.user.edit, exact: true }).click();
    const form = page.getByRole('dialog', { name: t.user.edit });
    await form.getByLabel(t.field.Nick, { exact: true }).fill('가'.repeat(167));
    await form.getByText(t.user.bytes.replace('{most}', '500')).waitFor();
    await form.getByLabel(t.field.Nick, { exact: true }).fill(`<img src=x> ${language}`);
    await form.getByLabel(t.field.Level, { exact: true }).fill('7');
    await form.getByLabel('Dept', { exact: true }).fill(`부서 ${language}`);
    await checkPage(page, `user-edit-${language}`);
    await form.getByRole('button', { name: t.action.save, exact: true }).click();
    await page.getByText(t.user.saved).waitFor();
    await page.getByText(`부서 ${language}`, { exact: true }).waitFor();
    await page.getByRole('button', { name: t.user.mute, exact: true }).click();
    await page.getByText(t.user.done.mute).waitFor();
    await page.getByRole('button', { name: t.user.deactivate, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: t.user.deactivate, exact: true }).click();
    await page.getByText(t.users.inactive, { exact: true }).waitFor();
    await page.getByRole('button', { name: t.user.reactivate, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: t.user.reactivate, exact: true }).click();
    await page.getByText(t.users.active, { exact: true }).waitFor();
    await page.getByRole('button', { name: t.shell.dark, exact: true }).click();
    await checkPage(page, `user-dark-${language}`);
    await page.getByRole('button', { name: t.shell.signOut, exact: true }).click();
    await page.getByRole('heading', { name: t.signIn.title }).waitFor();
    await close();
  });
}

test('the first administrator is asked for by the link of the start', async () => {
  const t = words.en;
  const { page, close } = await open();
  // The server of the tests has its first administrator already: only this answer is another.
  await page.route('**/console/api/session', (route) =>
    route.fulfill({
      json: {
        state: 'first-administrator',
        policy: { idleSeconds: 900, lifetimeSeconds: 43200, secondFactorRequired: true, passwordMinLength: 12 },
      },
    }),
  );
  await page.goto(`${given.url}/console/`);
  await page.getByText(t.first.noLink).waitFor();
  await page.goto(`${given.url}/console/#/first-administrator?token=used`);
  await page.reload();
  await page.getByLabel(t.signIn.name, { exact: true }).fill('anna');
  await page.getByLabel(t.first.displayName).fill('Anna');
  await page.getByLabel(t.password.new.replace('{least}', '12')).fill('correct horse battery');
  await page.getByLabel(t.password.again).fill('correct horse staple');
  await page.getByRole('button', { name: t.first.go, exact: true }).click();
  await page.getByText(t.password.differ).waitFor();
  await checkPage(page, 'first-administrator');
  await page.getByLabel(t.password.again).fill('correct horse battery');
  await page.getByRole('button', { name: t.first.go, exact: true }).click();
  await page.getByText(t.first.badLink).waitFor();
  await close();
});
