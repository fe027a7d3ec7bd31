// The npm package rehive 4.4.0, unmodified, through a user's life. Settings come from the environment: BASE_URL,
// COMPANY, and MAIL and SMS, the folders where messages are delivered.
const assert = require("node:assert/strict");
const { createAuth } = require("rehive-4/auth");
const { createUserApi } = require("rehive-4/user");
const { message, totp } = require("./rehive_world.cjs");

const { BASE_URL, COMPANY } = process.env;
const email = "four@example.com";
const mobile = "+27820000004";
const password = "seven Grey horses 42";
const next = "eight Blue whales 43";
const open = () => createAuth({ baseUrl: BASE_URL, storage: "memory" });
const refuses = async (status, promise) => assert.rejects(promise, (error) => error.status === status);
const data = (answer) => answer?.data ?? answer;

async function main() {
  const auth = open();
  const user = createUserApi({ auth });
  const registered = await auth.register({ email, mobile, password, company: COMPANY, first_name: "Ada" });
  assert.equal(registered.user.first_name, "Ada");
  assert.equal(registered.company, COMPANY);
  await refuses(400, open().register({ email, password, company: COMPANY }));
  await refuses(400, open().login({ user: email, password: next, company: COMPANY }));
  const founder = open();
  const founded = await founder.registerCompany({
    email: "founder@example.com", password, company: { id: "founded-by-four" }, terms_and_conditions: true,
  });
  assert.equal(founded.user.owner, true);

  await user.authEmailVerifyResend({ body: { email, company: COMPANY } });
  const { key } = await message("user.email.verify", email, 2);
  await user.authEmailVerify({ body: { key } });
  await user.authMobileVerifyResend({ body: { mobile, company: COMPANY } });
  const { key: otp } = await message("user.mobile.verify", mobile, 2);
  await user.authMobileVerify({ body: { otp } });
  assert.deepEqual(data(await user.userRetrieve()).verification, { email: true, mobile: true });

  const session = auth.getActiveSession();
  await auth.refresh();
  const refreshed = auth.getActiveSession();
  assert.equal(refreshed.token, session.token);
  assert.notEqual(refreshed.refresh_token, session.refresh_token);
  assert.equal(await auth.validateActiveSession(), true);

  const made = data(await user.authTokensCreate({ body: { password } }));
  const kept = made.token.slice(0, 8);
  assert.equal(data(await user.authTokensList({})).length, 2);
  const labelled = await user.authTokensPartialUpdate({ path: { token_key: kept }, body: { label: "backup job" } });
  assert.equal(data(labelled).label, "backup job");
  await user.authTokensDestroy({ path: { token_key: kept } });
  await refuses(404, user.authTokensRetrieve({ path: { token_key: kept } }));
  const elsewhere = open();
  await elsewhere.login({ user: email, password, company: COMPANY });
  await user.authTokensListDestroy({ query: { token_key__exclude: auth.getActiveSession().token.slice(0, 8) } });
  assert.equal(await elsewhere.validateActiveSession(), false, "logged out everywhere else");

  await user.authPasswordChange({ body: { old_password: password, new_password: next, clear_session_option: "none" } });
  await user.authPasswordReset({ body: { user: email, company: COMPANY } });
  const { uid, token } = await message("user.password.reset", email);
  await user.authPasswordResetConfirm({ body: { uid, token, new_password: password, clear_session_option: "none" } });

  const authenticator = data(await user.authMfaAuthenticatorsCreate({ body: { type: "totp", details: {} } }));
  const secret = authenticator.details.key;
  await user.authMfaVerify({ body: { authenticator: authenticator.id, token: totp(secret, -1) } });
  const phone = data(await user.authMfaAuthenticatorsCreate({ body: { type: "sms" } }));
  await user.authMfaDeliver({ body: { authenticator: phone.id } });
  const { token: code } = await message("mfa.sms.verify", mobile, 2);
  await user.authMfaVerify({ body: { authenticator: phone.id, token: code } });
  assert.equal(data(await user.authMfaAuthenticatorsList({ query: { verified: true } })).count, 2);
  await user.authMfaAuthenticatorsDestroy({ path: { identifier: phone.id } });
  const second = open();
  const { challenges } = await second.login({ user: email, password, company: COMPANY });
  assert.equal(challenges.length, 1);
  const gated = createUserApi({ auth: second });
  await refuses(403, gated.userRetrieve());
  await gated.authMfaVerify({ body: { challenge: challenges[0].id, token: totp(secret, 0) } });
  assert.equal(data(await gated.userRetrieve()).email, email);

  const ended = second.getActiveSession().token;
  await second.logout();
  await refuses(401, open().importToken(ended, { company: COMPANY }));
  assert.equal(await auth.validateActiveSession(), true, "the other session lives on");

  await user.authDeactivate({ body: { user: email, company: COMPANY } });
  const deactivation = await message("user.deactivate.verify", email);
  await user.authDeactivateVerify({ body: { key: deactivation.key } });
  assert.equal(await auth.validateActiveSession(), false, "and ends with the account");
  await refuses(400, open().login({ user: email, password, company: COMPANY }));

  const leaving = { user: "founder@example.com", company: "founded-by-four" };
  const owner = createUserApi({ auth: founder });
  await owner.authRequestDelete({ body: leaving });
  const deletion = await message("user.request_delete.verify", leaving.user);
  await owner.authRequestDeleteVerify({ body: { key: deletion.key } });
  await refuses(400, open().login({ ...leaving, password }));
  await founder.logoutAll();
  assert.deepEqual(founder.getSessions(), []);
  console.log("done");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
