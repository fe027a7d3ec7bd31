//! What ends at one door ends at all of them (law 10, decision D14).

use crate::doors::DOORS;
use crate::support::{Installation, on_both};
use crate::town::{PASSWORD, Town};

on_both! {
    an_account_made_from_the_command_line_signs_in_at_every_door
    signing_out_at_one_door_ends_that_session_alone
    an_operator_ends_the_sessions_of_every_door
    a_disabled_or_deleted_account_is_shut_out_at_every_door_keys_included
    a_session_of_one_door_is_none_at_another
}

async fn an_account_made_from_the_command_line_signs_in_at_every_door(here: Installation) {
    let town = Town::of(here);
    let sessions = town.signed_in_everywhere().await;
    for (door, held) in &sessions {
        assert!(door.honours(&town.at(), held).await, "{}", door.name());
    }
    let listed = town.account("sessions", &[]);
    let mut opened: Vec<&str> =
        listed.as_array().unwrap().iter().map(|session| session["door"].as_str().unwrap()).collect();
    let mut expected: Vec<&str> = DOORS.iter().map(|door| door.name()).collect();
    opened.sort_unstable();
    expected.sort_unstable();
    assert_eq!(opened, expected, "every session shows in the one list");
}

async fn signing_out_at_one_door_ends_that_session_alone(here: Installation) {
    for leaving in 0..DOORS.len() {
        let town = Town::of(here.another());
        let sessions = town.signed_in_everywhere().await;
        let (door, held) = &sessions[leaving];
        door.sign_out(&town.at(), held).await;
        assert_eq!(town.live(), DOORS.len() - 1);
        for (index, (door, held)) in sessions.iter().enumerate() {
            assert_eq!(door.honours(&town.at(), held).await, index != leaving, "{}", door.name());
        }
    }
}

async fn an_operator_ends_the_sessions_of_every_door(here: Installation) {
    let town = Town::of(here);
    let sessions = town.signed_in_everywhere().await;
    assert_eq!(town.account("sign-out", &[])["ended"], DOORS.len());
    for (door, held) in sessions {
        assert!(!door.honours(&town.at(), &held).await, "{}", door.name());
        assert!(door.sign_in(&town.at(), "ada", PASSWORD, None).await.is_ok(), "but may come back");
    }
}

async fn a_disabled_or_deleted_account_is_shut_out_at_every_door_keys_included(here: Installation) {
    for state in ["locked", "banned", "deactivated", "deleted"] {
        let town = Town::of(here.another());
        let at = town.at();
        let sessions = town.signed_in_everywhere().await;
        let (_, held) = sessions.iter().find(|(door, _)| door.name() == "bfore").unwrap();
        let key = at.key(held).await;
        assert!(at.honours_key(&key).await);
        town.account("set", &["--state", state]);
        assert!(!at.honours_key(&key).await, "{state}");
        for (door, held) in &sessions {
            assert!(!door.honours(&at, held).await, "{state} {}", door.name());
            let no = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
            assert_eq!(no, crate::doors::No::Credentials, "{state} {}", door.name());
        }
        town.account("set", &["--state", "active"]);
        for (door, held) in &sessions {
            assert!(!door.honours(&at, held).await, "what ended stays ended: {state} {}", door.name());
        }
    }
}

async fn a_session_of_one_door_is_none_at_another(here: Installation) {
    let town = Town::of(here);
    let sessions = town.signed_in_everywhere().await;
    for token in ["Token", "token", "access_token", "id_token", "refresh_token"] {
        for (door, held) in &sessions {
            let Some(token) = held.member(token) else { continue };
            let own = door.name() == "bfore" && held.member("Token") == Some(token);
            assert_eq!(town.at().is_jwt_of_bfore(token).await, own, "{} of {}", token, door.name());
            assert!(!town.at().honours_key(token).await);
        }
    }
}
