// The npm package rehive 4.4.0, unmodified, through a user's life. Settings come from the environment: BASE_URL,
// COMPANY, and MAIL, the folder where messages are delivered.
const assert = require("node:assert/strict");
const { createAuth } = require("rehive-4/auth");
const { createUserApi } = require("rehive-4/user");
const { message, totp } = require("./rehive_world.cjs");

const { BASE_URL, COMPANY } = process.env;
const email = "four@example.com";
const password = "seven Grey horses 42";
const next = "eight Blue whales 43";
const open = () => createAuth({ baseUrl: BASE_URL, storage: "memory" });
const refuses = async (status, promise) => assert.rejects(promise, (error) => error.status === status);
const data = (answer) => answer?.data ?? answer;

async function main() {
  const auth = open();
  const user = createUserApi({ auth });
  const registered = await auth.register({ email, password, company: COMPANY, first_name: "Ada" });
  assert.equal(registered.user.first_name, "Ada");
  assert.equal(registered.company, COMPANY);
  await refuses(400, open().register({ email, password, company: COMPANY }));
  await refuses(400, open().login({ user: email, password: next, company: COMPANY }));
  const founder = open();
  const founded = await founder.registerCompany({
    email: "founder@example.com", password, company: { id: "founded-by-four" }, terms_and_conditions: true,
  });
  assert.equal(founded.user.owner, true);

  const { key } = await message("user.email.verify", email);
  await user.authEmailVerify({ body: { key } });
  assert.equal(data(await user.userRetrieve()).verification.email, true);

  const session = auth.getActiveSession();
  await auth.refresh();
  const refreshed = auth.getActiveSession();
  assert.equal(refreshed.token, session.token);
  assert.notEqual(refreshed.refresh_token, session.refresh_token);
  assert.equal(await auth.validateActiveSession(), true);

  const made = data(await user.authTokensCreate({ body: { password } }));
  const kept = made.token.slice(0, 8);
  assert.equal(data(await user.authTokensList({})).length, 2);
  await user.authTokensDestroy({ path: { token_key: kept } });
  await refuses(404, user.authTokensRetrieve({ path: { token_key: kept } }));

  await user.authPasswordChange({ body: { old_password: password, new_password: next, clear_session_option: "none" } });
  await user.authPasswordReset({ body: { user: email, company: COMPANY } });
  const { uid, token } = await message("user.password.reset", email);
  await user.authPasswordResetConfirm({ body: { uid, token, new_password: password, clear_session_option: "none" } });

  const authenticator = data(await user.authMfaAuthenticatorsCreate({ body: { type: "totp", details: {} } }));
  const secret = authenticator.details.key;
  await user.authMfaVerify({ body: { authenticator: authenticator.id, token: totp(secret, -1) } });
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
  console.log("done");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
