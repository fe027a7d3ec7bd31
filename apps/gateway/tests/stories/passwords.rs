//! A password changed at one door ends the sessions of the others (decision D10), but at barong, whose contract spares
//! them (§5.3).

use crate::doors::{DOORS, No};
use crate::support::{Installation, on_both};
use crate::town::{OTHER, PASSWORD, Town};

on_both! {
    a_password_changed_at_one_door_counts_at_all_and_ends_the_sessions_its_contract_ends
    a_password_set_by_the_operator_ends_the_sessions_of_every_door
}

async fn a_password_changed_at_one_door_counts_at_all_and_ends_the_sessions_its_contract_ends(
    here: Installation,
) {
    for changing in DOORS {
        let town = Town::of(here.another());
        let at = town.at();
        let sessions = town.signed_in_everywhere().await;
        let (_, held) = sessions.iter().find(|(door, _)| door.name() == changing.name()).unwrap();
        changing.change_password(&at, held, "ada", PASSWORD, OTHER).await;
        for (door, held) in &sessions {
            if door.name() != changing.name() {
                let honoured = door.honours(&at, held).await;
                assert_eq!(honoured, changing.spares_sessions(), "{} after {}", door.name(), changing.name());
            }
            let old = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
            assert_eq!(old, No::Credentials, "{} after {}", door.name(), changing.name());
            assert!(door.sign_in(&at, "ada", OTHER, None).await.is_ok());
        }
    }
}

async fn a_password_set_by_the_operator_ends_the_sessions_of_every_door(here: Installation) {
    let town = Town::of(here);
    let sessions = town.signed_in_everywhere().await;
    let set = ["account", "set", "--company", "default", "ada", "--password-stdin"];
    town.house.json_with(&set, OTHER);
    for (door, held) in sessions {
        assert!(!door.honours(&town.at(), &held).await, "{}", door.name());
        assert!(door.sign_in(&town.at(), "ada", OTHER, None).await.is_ok());
    }
}
