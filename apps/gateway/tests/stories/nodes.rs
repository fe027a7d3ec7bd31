//! Two servers on one database: what one revokes the other refuses at once.

use crate::doors::{At, DOORS, No};
use crate::support::{Installation, on_both};
use crate::town::{OTHER, PASSWORD, Town};

on_both! {
    what_one_server_opens_and_ends_the_other_honours_and_refuses
    keys_passwords_and_states_are_shared_too
    servers_share_the_count_of_guesses
}

/// Servers of one installation have one name, wherever they listen: their tokens say so.
fn town(here: Installation) -> Town {
    Town::of(here.with("tokens.issuer", "https://auth.example.com"))
}

async fn what_one_server_opens_and_ends_the_other_honours_and_refuses(here: Installation) {
    let town = town(here);
    let other = town.house.serve();
    let (here, there) = (town.at(), At::new(other.base()));
    for (door, held) in town.signed_in_everywhere().await {
        assert!(door.honours(&there, &held).await, "{}", door.name());
        door.sign_out(&there, &held).await;
        assert!(!door.honours(&here, &held).await, "{}", door.name());
    }
}

async fn keys_passwords_and_states_are_shared_too(here: Installation) {
    let town = town(here);
    let other = town.house.serve();
    let (here, there) = (town.at(), At::new(other.base()));
    let sessions = town.signed_in_everywhere().await;
    let (bfore, held) = sessions.iter().find(|(door, _)| door.name() == "bfore").unwrap();
    let key = here.key(held).await;
    assert!(there.honours_key(&key).await);
    bfore.change_password(&there, held, "ada", PASSWORD, OTHER).await;
    for (door, held) in &sessions {
        assert!(!door.honours(&here, held).await, "{}", door.name());
        assert!(door.sign_in(&here, "ada", OTHER, None).await.is_ok(), "{}", door.name());
    }
    town.account("set", &["--state", "banned"]);
    for at in [&here, &there] {
        assert!(!at.honours_key(&key).await);
    }
}

async fn servers_share_the_count_of_guesses(here: Installation) {
    let town = town(here);
    let other = town.house.serve();
    let servers = [town.at(), At::new(other.base())];
    for guess in 0..6 {
        let no = DOORS[0].sign_in(&servers[guess % 2], "ada", "wrong", None).await.unwrap_err();
        assert_eq!(no, No::Credentials);
    }
    for at in &servers {
        let no = DOORS[0].sign_in(at, "ada", PASSWORD, None).await.unwrap_err();
        assert_eq!(no, DOORS[0].throttled());
    }
}
