// What a user of the rehive clients has beside them: a mailbox and an authenticator app.
const { createHmac } = require("node:crypto");
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");

const PATIENCE = 60_000;

// Every message that was delivered to a folder, oldest first.
function delivered(folder) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

// The data of the `count`th message of an event to a recipient, waited for.
async function message(event, to, count = 1) {
  for (const started = Date.now(); Date.now() - started < PATIENCE; await pause(20)) {
    const all = [process.env.MAIL, process.env.SMS].flatMap(delivered);
    const found = all.filter((one) => one.event === event && one.to === to);
    if (found.length >= count) return found[count - 1].data;
  }
  throw new Error(`no ${event} for ${to}`);
}

// A code of RFC 6238, `steps` of 30 seconds away from now.
function totp(secret, steps) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

module.exports = { message, totp };
