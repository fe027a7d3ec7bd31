//! Guesses are counted per account, at whatever door and under whatever name they are made (decision D18).

use crate::doors::{At, DOORS, No};
use crate::support::{Installation, on_both};
use crate::town::{PASSWORD, Town};

/// As written: not every door ignores case.
const NAMES: [&str; 3] = ["ada", "ada@example.com", "ada"];

on_both! {
    six_guesses_across_doors_and_names_lock_them_all
    a_device_known_from_one_door_is_let_in_at_all_while_strangers_guess
}

async fn six_guesses_across_doors_and_names_lock_them_all(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    for guess in 0..6 {
        let (door, name) = (DOORS[guess % DOORS.len()], NAMES[guess % NAMES.len()]);
        assert_eq!(door.sign_in(&at, name, "wrong", None).await.unwrap_err(), No::Credentials);
    }
    for door in DOORS {
        for name in NAMES {
            let no = door.sign_in(&at, name, PASSWORD, None).await.unwrap_err();
            assert_eq!(no, door.throttled(), "{} {name}", door.name());
        }
    }
}

async fn a_device_known_from_one_door_is_let_in_at_all_while_strangers_guess(here: Installation) {
    let town = Town::of(here);
    let (owner, stranger) = (town.at(), At::from(town.server.base(), "stranger"));
    DOORS[0].sign_in(&owner, "ada", PASSWORD, None).await.unwrap();
    for guess in 0..6 {
        let no = DOORS[guess % DOORS.len()].sign_in(&stranger, "ada", "wrong", None).await.unwrap_err();
        assert_eq!(no, No::Credentials);
    }
    for door in DOORS {
        let no = door.sign_in(&stranger, "ada", PASSWORD, None).await.unwrap_err();
        assert_eq!(no, door.throttled(), "{}", door.name());
        assert!(door.sign_in(&owner, "ada", PASSWORD, None).await.is_ok(), "{}", door.name());
    }
}
