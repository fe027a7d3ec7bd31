// The npm package rehive 1.37.0, unmodified, through a user's life. Settings come from the environment: BASE_URL,
// COMPANY, and MAIL and SMS, the folders where messages are delivered. The package has no way to leave for good, and
// `mfa.verify` is the only operation of its MFA that the platform still has besides those of authenticators.
const assert = require("node:assert/strict");
const Rehive = require("rehive-1");
const { message, totp } = require("./rehive_world.cjs");

const { BASE_URL, COMPANY } = process.env;
const email = "one@example.com";
const mobile = "+27820000001";
const password = "seven Grey horses 42";
const next = "eight Blue whales 43";
const client = () => new Rehive({ customAPIURL: `${BASE_URL}/3/` });
const refuses = async (status, field, promise) =>
  assert.rejects(promise, (error) => error.status === status && (!field || Array.isArray(error.data[field])));

async function main() {
  const user = client();
  const credentials = { email, mobile, company: COMPANY, password1: password, password2: password };
  const registered = await user.auth.register(credentials);
  assert.equal(registered.token.length, 64);
  assert.equal(registered.user.email, email);
  await refuses(400, "email", client().auth.register(credentials));
  await refuses(400, "non_field_errors", client().auth.login({ user: email, company: COMPANY, password: next }));

  await refuses(400, "company", client().auth.registerCompany({ email, company: COMPANY, password1: password, password2: password, terms_and_conditions: true }));
  const founder = { email: "founder@example.com", company: "founded-by-one", password1: password, password2: password };
  assert.equal((await client().auth.registerCompany({ ...founder, terms_and_conditions: true })).owner, true);

  await user.auth.email.resendEmailVerification({ email, company: COMPANY });
  const { key } = await message("user.email.verify", email, 2);
  await user.auth.email.verify({ key });
  await user.auth.mobile.resendMobileVerification({ mobile, company: COMPANY });
  const { key: otp } = await message("user.mobile.verify", mobile, 2);
  await user.auth.mobile.verify({ otp });
  assert.deepEqual((await user.auth.tokens.verify()).verification, { email: true, mobile: true });

  const created = await user.auth.tokens.create({ password });
  assert.equal(created.expires, null);
  const kept = created.token.slice(0, 8);
  assert.equal((await user.auth.tokens.get(kept)).token_key, kept);
  assert.equal((await user.auth.tokens.get()).length, 2);
  await user.auth.tokens.delete(kept);
  await refuses(404, null, user.auth.tokens.get(kept));

  await user.auth.password.reset({ user: email, company: COMPANY });
  const { uid, token } = await message("user.password.reset", email);
  await user.auth.password.resetConfirm({ new_password1: next, new_password2: next, uid, token });
  const { challenges } = await user.auth.login({ user: email, company: COMPANY, password: next });
  assert.deepEqual(challenges, []);
  const change = { old_password: next, new_password1: password, new_password2: password, clear_session_option: "none" };
  await user.auth.password.change(change);
  await refuses(400, "old_password", user.auth.password.change(change));

  const authenticator = await user.auth.mfa.authenticators.create({ type: "totp" });
  await user.auth.mfa.verify({ authenticator: authenticator.id, token: totp(authenticator.details.key, -1) });
  const phone = await user.auth.mfa.authenticators.create({ type: "sms" });
  await user.auth.mfa.deliver({ authenticator: phone.id });
  const { token: code } = await message("mfa.sms.verify", mobile, 2);
  await user.auth.mfa.verify({ authenticator: phone.id, token: code });
  assert.equal((await user.auth.mfa.authenticators.get()).count, 2);
  assert.equal((await user.auth.mfa.authenticators.get({ filters: { type: "sms", verified: true } })).count, 1);
  assert.equal((await user.auth.mfa.authenticators.get({ id: phone.id })).details.mobile, "*****0001");
  const second = client();
  const halted = await second.auth.login({ user: email, company: COMPANY, password });
  const [challenge] = halted.challenges;
  assert.equal(challenge.type, "authentication");
  await refuses(403, "challenges", second.auth.tokens.verify());
  await second.auth.mfa.verify({ challenge: challenge.id, token: totp(authenticator.details.key, 0) });
  assert.equal((await second.auth.tokens.verify()).email, email);
  await second.auth.mfa.authenticators.delete(authenticator.id);
  await second.auth.mfa.authenticators.delete(phone.id);

  await second.auth.logout();
  await refuses(401, null, second.auth.tokens.verify(halted.token));
  const third = client();
  const { token: other } = await third.auth.login({ user: mobile, company: COMPANY, password });
  const last = client();
  await last.auth.login({ user: email, company: COMPANY, password });
  await last.auth.logoutAll();
  await refuses(401, null, third.auth.tokens.verify(other));
  console.log("done");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
