// The npm package wikimedia-enterprise, unmodified, through a user's life. Settings come from the environment:
// BASE_URL, USERNAME, PASSWORD, TEMPORARY_USERNAME, TEMPORARY_PASSWORD.
const assert = require("node:assert/strict");
const WikimediaEnterprise = require("wikimedia-enterprise");

const { BASE_URL, USERNAME, PASSWORD, TEMPORARY_USERNAME, TEMPORARY_PASSWORD } = process.env;
const client = new WikimediaEnterprise.default({ baseURL: BASE_URL, apiKey: "unused", maxRetries: 0 });

const refuses = async (status, promise) =>
  assert.rejects(promise, (error) => error instanceof WikimediaEnterprise.APIError && error.status === status);

async function main() {
  const tokens = await client.login.authenticate({ username: USERNAME, password: PASSWORD });
  assert.equal(tokens.expires_in, 86400);
  assert.ok(tokens.id_token && tokens.access_token && tokens.refresh_token);

  await refuses(401, client.login.authenticate({ username: USERNAME, password: "not-the-password" }));

  const credentials = { username: USERNAME, refresh_token: tokens.refresh_token };
  const refreshed = await client.tokenRefresh.refresh(credentials);
  assert.ok(refreshed.access_token && refreshed.id_token);
  assert.notEqual(refreshed.access_token, tokens.access_token);

  assert.equal(await client.tokenRevoke.revoke({ refresh_token: tokens.refresh_token }), null);
  await refuses(401, client.tokenRefresh.refresh(credentials));

  const challenge = await client.login.authenticate({ username: TEMPORARY_USERNAME, password: TEMPORARY_PASSWORD });
  assert.equal(challenge.challenge_name, "NEW_PASSWORD_REQUIRED");
  assert.equal(challenge.access_token, undefined);
  console.log("done");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
