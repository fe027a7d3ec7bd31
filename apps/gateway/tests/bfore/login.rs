//! `POST /user/login` (contract §2.1) and the JWT it answers (§4).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::door::{Answer, Door, PASSWORD, send};
use crate::support::{Installation, on_both};

fn part(jwt: &str, index: usize) -> Value {
    let text = jwt.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

async fn verified(door: &Door, jwt: &str, algorithm: Algorithm) -> Value {
    let keys: JwkSet =
        reqwest::get(door.server.url("/.well-known/jwks.json")).await.unwrap().json().await.unwrap();
    let kid = jsonwebtoken::decode_header(jwt).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut rules = Validation::new(algorithm);
    rules.set_audience(&["bfore"]);
    jsonwebtoken::decode::<Value>(jwt, &key, &rules).unwrap().claims
}

on_both! {
    a_right_password_answers_the_user_and_a_token
    every_name_of_the_account_signs_in_whatever_its_case
    credentials_come_as_json_in_any_case_or_as_a_form
    wrong_unknown_disabled_and_deleted_look_the_same
    an_expired_password_is_told_only_to_who_knows_it
    the_token_says_what_the_contract_says
    lifetime_and_algorithm_are_the_operators_choice
    an_expired_token_is_refused_to_the_second
    accounts_of_another_company_are_strangers_here
}

async fn a_right_password_answers_the_user_and_a_token(here: Installation) {
    let door = Door::of(here);
    let answer = door.login("ada", PASSWORD).await;
    let token = answer.token();
    let id = answer.text("Id");
    assert_eq!(id.len(), 36);
    let expected = json!({
        "Id": id,
        "Created": answer.text("Created"),
        "Username": "Ada",
        "Email": "ada@example.com",
        "Firstname": "Ada",
        "Lastname": "Lovelace",
        "Properties": {},
        "Authorizations": [],
        "Token": token,
        "PasswordExpiration": "0001-01-01T00:00:00",
        "access_token": token,
        "token_type": "bearer",
        "expires_in": 3600,
    });
    assert_eq!(answer.body, expected);
    let created = answer.text("Created");
    assert!(created.len() == 19 && created.as_bytes()[10] == b'T', "no zone, no fraction: {created}");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

async fn every_name_of_the_account_signs_in_whatever_its_case(here: Installation) {
    let door = Door::of(here);
    let id = door.login("ada", PASSWORD).await.text("Id");
    for name in ["Ada", "ADA", "ada@example.com", "ADA@Example.com", &id] {
        assert_eq!(door.login(name, PASSWORD).await.text("Username"), "Ada", "{name}");
    }
}

async fn credentials_come_as_json_in_any_case_or_as_a_form(here: Installation) {
    let door = Door::of(here);
    let bodies = [
        ("application/json", format!(r#"{{"Username":"ada","PASSWORD":"{PASSWORD}","token":""}}"#)),
        ("application/json; charset=utf-8", format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#)),
        ("", format!(r#"{{"username":"ada","password":"{PASSWORD}","extra":[1,{{}}]}}"#)),
        (
            "application/x-www-form-urlencoded",
            format!("grant_type=password&username=ada&password={PASSWORD}&scope=&client_id=&client_secret="),
        ),
    ];
    for (media_type, body) in bodies {
        let answer = door.post_raw("/user/login", "", media_type, body.clone()).await;
        assert_eq!(answer.status, 200, "{media_type} {body}: {answer:?}");
    }
}

async fn wrong_unknown_disabled_and_deleted_look_the_same(here: Installation) {
    let door = Door::of(here.with("throttle.enabled", "false"));
    let wrong = door.login("ada", "wrong").await;
    wrong.refuses(401, "Incorrect credentials");
    let mut answers: Vec<Answer> = vec![
        door.login("nobody", PASSWORD).await,
        door.login("ada", &format!(" {PASSWORD}")).await,
        door.login("ada", &PASSWORD.to_lowercase()).await,
    ];
    for state in ["pending", "locked", "banned", "deactivated", "deleted"] {
        door.set(&["--state", state]);
        answers.push(door.login("ada", PASSWORD).await);
    }
    for answer in answers {
        answer.refuses(401, "Incorrect credentials");
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&answer), names(&wrong));
    }
}

async fn an_expired_password_is_told_only_to_who_knows_it(here: Installation) {
    let door = Door::of(here);
    door.set(&["--password-expires-at", "2020-01-01T00:00:00Z"]);
    door.login("ada", "wrong").await.refuses(401, "Incorrect credentials");
    door.login("ada", PASSWORD).await.refuses(403, "Password expired");
    door.set(&["--password-expires-at", "2999-06-15T18:30:00Z"]);
    assert_eq!(door.login("ada", PASSWORD).await.text("PasswordExpiration"), "2999-06-15T18:30:00");
}

async fn the_token_says_what_the_contract_says(here: Installation) {
    let door = Door::of(here.with("tokens.issuer", "https://auth.example.com"));
    let answer = door.login("ada", PASSWORD).await;
    let jwt = answer.token();
    let header = part(&jwt, 0);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    let claims = verified(&door, &jwt, Algorithm::RS256).await;
    assert_eq!(claims["iss"], "https://auth.example.com");
    assert_eq!((&claims["sub"], &claims["name"]), (&answer.body["Id"], &json!("Ada")));
    let at = |claim: &str| claims[claim].as_u64().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(at("iat").abs_diff(now) < 60, "{claims}");
    assert_eq!((at("nbf"), at("exp")), (at("iat"), at("iat") + 3600));
    let sessions = door.house.json(&["account", "sessions", "--company", "default", "ada"]);
    assert_eq!(sessions[0]["id"], claims["jti"], "the handle for logout is the session");
}

async fn lifetime_and_algorithm_are_the_operators_choice(here: Installation) {
    let house = here.with("dialects.bfore.token_ttl", "90").with("dialects.bfore.algorithm", "EdDSA");
    let door = Door::of(house);
    let answer = door.login("ada", PASSWORD).await;
    assert_eq!(answer.body["expires_in"], 90);
    let claims = verified(&door, &answer.token(), Algorithm::EdDSA).await;
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 90);
    assert!(door.honours(&answer.token()).await);
}

async fn an_expired_token_is_refused_to_the_second(here: Installation) {
    let door = Door::of(here.with("dialects.bfore.token_ttl", "2"));
    let jwt = door.jwt().await;
    assert!(door.honours(&jwt).await);
    let exp = part(&jwt, 1)["exp"].as_u64().unwrap();
    door.house.wait_for(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        (now > exp).then_some(())
    });
    door.get("/user/renew", &jwt).await.refuses(401, "Unauthorized");
    door.get("/test/secure", &jwt).await.refuses(401, "Unauthorized");
}

async fn accounts_of_another_company_are_strangers_here(here: Installation) {
    let door = Door::of(here);
    door.house.json(&["company", "create", "acme"]);
    let create = ["account", "create", "--company", "acme", "--username", "eve", "--password-stdin"];
    door.house.json_with(&create, PASSWORD);
    door.login("eve", PASSWORD).await.refuses(401, "Incorrect credentials");
    let login = json!({ "username": "ada", "password": PASSWORD });
    let http = reqwest::Client::new();
    assert_eq!(send(http.post(door.server.url("/user/login")).json(&login)).await.status, 200);
}
