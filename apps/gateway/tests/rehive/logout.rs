//! Contract §3.5, §7.8: logging out.

use serde_json::json;

use crate::door::{Door, Grant, PASSWORD, done, grant, refused, succeeded};
use crate::support::{Installation, on_both};

on_both! {
    a_logout_ends_the_token_and_what_the_option_says
    an_ended_session_cannot_be_refreshed
    logging_out_everywhere_leaves_permanent_tokens
    a_strange_option_ends_nothing
}

/// A permanent token, a temporary one, and the one that logs out.
async fn sessions(door: &Door) -> [Grant; 3] {
    let temporary = door.login().await;
    let calling = door.login().await;
    let answer = door.post("/3/auth/tokens/", &calling.token, &json!({ "password": PASSWORD })).await;
    [grant(succeeded(&answer, 201)), temporary, calling]
}

async fn a_logout_ends_the_token_and_what_the_option_says(here: Installation) {
    let door = Door::open(here);
    for (body, survivors) in [
        (json!({}), [true, false, false]),
        (json!({ "clear_session_option": "temporary" }), [true, false, false]),
        (json!({ "clear_session_option": "none" }), [true, true, false]),
        (json!({ "clear_session_option": "all" }), [false, false, false]),
    ] {
        let sessions = sessions(&door).await;
        done(&door.post("/3/auth/logout/", &sessions[2].token, &body).await);
        for (session, survives) in sessions.iter().zip(survivors) {
            assert_eq!(door.honours(&session.token).await, survives, "{body}");
        }
        refused(&door.post("/3/auth/logout/", &sessions[2].token, &body).await, 401, &[]);
    }
}

async fn an_ended_session_cannot_be_refreshed(here: Installation) {
    let door = Door::open(here);
    let [_, other, calling] = sessions(&door).await;
    done(&door.post("/3/auth/logout/", &calling.token, &json!({})).await);
    for session in [other, calling] {
        refused(&crate::refresh::refresh(&door, &session.refresh, &json!({})).await, 401, &[]);
    }
}

async fn logging_out_everywhere_leaves_permanent_tokens(here: Installation) {
    let door = Door::open(here);
    let [permanent, temporary, calling] = sessions(&door).await;
    done(&door.post("/3/auth/logout/all/", &calling.token, &json!({})).await);
    for (session, survives) in [(&permanent, true), (&temporary, false), (&calling, false)] {
        assert_eq!(door.honours(&session.token).await, survives);
    }
    done(&door.post("/3/auth/logout/all/", &permanent.token, &json!({})).await);
    assert!(!door.honours(&permanent.token).await, "the calling one ends in any case");
}

async fn a_strange_option_ends_nothing(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let body = json!({ "clear_session_option": "everything" });
    refused(&door.post("/3/auth/logout/", &token, &body).await, 400, &["clear_session_option"]);
    assert!(door.honours(&token).await);
}
