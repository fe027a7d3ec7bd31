//! What the JWTs say and who vouches for them (contract §5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};

use crate::door::{
    ANOTHER, EBADCRED, PASSWORD, Tokens, ada, change, claims, is_json, login, refuses, try_login,
};
use crate::support::process::Server;
use crate::support::{Installation, on_both};

on_both! {
    both_tokens_are_signed_by_published_keys_of_their_own
    the_claims_of_an_access_token
    the_claims_of_an_id_token
    lifetimes_and_the_client_id_are_the_operators
    the_algorithm_is_the_operators
}

fn header(token: &str) -> Value {
    let (head, _) = token.split_once('.').unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap()
}

async fn published(server: &Server, token: &str) -> Value {
    let iss = claims(token)["iss"].as_str().unwrap().to_owned();
    let path = format!("{}/.well-known/jwks.json", iss.strip_prefix(server.base()).unwrap());
    let answer = server.get(&path).await;
    assert_eq!(answer.status, 200);
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    keys.into_iter().find(|key| key["kid"] == header(token)["kid"]).unwrap()
}

fn names(claims: &Value) -> Vec<&str> {
    claims.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 36 && text.split('-').count() == 5)
}

async fn both_tokens_are_signed_by_published_keys_of_their_own(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    assert_ne!(header(&tokens.access)["kid"], header(&tokens.id)["kid"]);
    for token in [&tokens.access, &tokens.id] {
        assert_eq!(header(token), json!({ "kid": header(token)["kid"], "alg": "RS256" }));
        let key = published(&server, token).await;
        assert_eq!(names(&key), ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!((&key["alg"], &key["kty"], &key["use"]), (&json!("RS256"), &json!("RSA"), &json!("sig")));
        let text = |name: &str| key[name].as_str().unwrap();
        let key = DecodingKey::from_rsa_components(text("n"), text("e")).unwrap();
        let mut validation = Validation::new(jsonwebtoken::Algorithm::RS256);
        validation.validate_aud = false;
        decode::<Value>(token, &key, &validation).unwrap();
    }
}

async fn the_claims_of_an_access_token(here: Installation) {
    let server = here.serve();
    here.json(&["group", "create", "--company", "default", "group_1"]);
    let flags = ["--username", "ada", "--email", "ada@example.com", "--email-verified", "--group", "group_1"];
    let account = here.account(&flags, PASSWORD);
    here.account(&["--username", "bob"], PASSWORD);
    let (first, second) = (login(&server, "ada", PASSWORD).await, login(&server, "ada", PASSWORD).await);
    let (said, again) = (claims(&first.access), claims(&second.access));
    let expected = json!({
        "sub": account["id"], "iss": server.base(), "client_id": "portcullis", "token_use": "access",
        "scope": "aws.cognito.signin.user.admin", "username": "ada", "cognito:groups": ["group_1"],
        "auth_time": said["auth_time"], "iat": said["iat"], "exp": said["iat"].as_i64().unwrap() + 86_400,
        "jti": said["jti"], "origin_jti": said["origin_jti"], "event_id": said["event_id"],
    });
    assert_eq!(said, expected);
    let since = said["iat"].as_i64().unwrap() - said["auth_time"].as_i64().unwrap();
    assert!((0..60).contains(&since), "{said}");
    for name in ["sub", "jti", "origin_jti", "event_id"] {
        assert!(is_uuid(&said[name]), "{said}");
        assert_eq!(said[name] == again[name], name == "sub", "{name}");
    }
    assert_eq!(claims(&login(&server, "bob", PASSWORD).await.access)["cognito:groups"], Value::Null);
}

async fn the_claims_of_an_id_token(here: Installation) {
    let server = here.serve();
    let account = ada(&here);
    here.account(&["--username", "bob", "--email", "bob@example.com"], PASSWORD);
    let tokens = login(&server, "ada", PASSWORD).await;
    let (said, access) = (claims(&tokens.id), claims(&tokens.access));
    let expected = json!({
        "sub": account["id"], "iss": server.base(), "aud": "portcullis", "token_use": "id",
        "cognito:username": "ada", "email": "ada@example.com", "email_verified": true,
        "auth_time": access["auth_time"], "iat": said["iat"], "exp": said["iat"].as_i64().unwrap() + 86_400,
        "jti": said["jti"], "origin_jti": access["origin_jti"], "event_id": access["event_id"],
    });
    assert_eq!(said, expected);
    assert_ne!(said["jti"], access["jti"]);
    assert_eq!(claims(&login(&server, "bob", PASSWORD).await.id)["email_verified"], false);
}

async fn lifetimes_and_the_client_id_are_the_operators(here: Installation) {
    let here = here
        .with("dialects.wikimedia.access_ttl", "7200")
        .with("dialects.wikimedia.id_ttl", "600")
        .with("dialects.wikimedia.client_id", "my app")
        .with("tokens.issuer", "https://auth.example.com/pool");
    let server = here.serve();
    ada(&here);
    let answer = is_json(&try_login(&server, "ada", PASSWORD).await);
    assert_eq!(answer["expires_in"], 7_200);
    let tokens = Tokens::of(&answer);
    let (access, id) = (claims(&tokens.access), claims(&tokens.id));
    let lifetime = |claims: &Value| claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!((lifetime(&access), lifetime(&id)), (7_200, 600));
    assert_eq!((&access["client_id"], &id["aud"]), (&json!("my app"), &json!("my app")));
    assert_eq!(access["iss"], "https://auth.example.com/pool");
    drop(server);
    let here = here.with("dialects.wikimedia.client_id", "another");
    refuses(&change(&here.serve(), &tokens.access, PASSWORD, ANOTHER).await, EBADCRED);
    let refused = here.with("dialects.wikimedia.client_id", "").run(&["config"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("dialects.wikimedia.client_id"), "{}", refused.stderr);
}

async fn the_algorithm_is_the_operators(here: Installation) {
    for algorithm in ["ES256", "EdDSA"] {
        let mut here = here.another();
        here.set("dialects.wikimedia.algorithm", algorithm);
        let server = here.serve();
        ada(&here);
        let tokens = login(&server, "ada", PASSWORD).await;
        assert_eq!(header(&tokens.access)["alg"], algorithm);
        assert_eq!(published(&server, &tokens.id).await["alg"], algorithm);
        assert_eq!(change(&server, &tokens.access, PASSWORD, ANOTHER).await.status, 204);
    }
}
