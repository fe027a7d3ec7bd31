//! Once a second factor is enrolled, no door gives a full credential for the password alone (decision D17).

use crate::doors::{DOORS, No};
use crate::support::{Installation, on_both};
use crate::town::{PASSWORD, Town};

on_both! {
    no_door_opens_for_the_password_alone_and_every_door_for_the_code
    codes_are_guessed_against_one_budget_whatever_the_door
}

async fn no_door_opens_for_the_password_alone_and_every_door_for_the_code(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let mut codes = town.house.recovery_codes("ada").await.into_iter();
    for door in DOORS {
        let no = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
        assert_eq!(no, No::Factor, "{}", door.name());
        assert_eq!(town.live(), 0, "{}", door.name());
        let code = codes.next().unwrap();
        let held = door.sign_in(&at, "ada", PASSWORD, Some(&code)).await.unwrap();
        assert!(door.honours(&at, &held).await);
        for other in DOORS {
            let spent = other.sign_in(&at, "ada", PASSWORD, Some(&code)).await.unwrap_err();
            assert_eq!(spent, No::Credentials, "{} then {}", door.name(), other.name());
        }
        town.account("sign-out", &[]);
    }
}

async fn codes_are_guessed_against_one_budget_whatever_the_door(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let codes = town.house.recovery_codes("ada").await;
    for guess in 0..5 {
        let door = DOORS[guess % DOORS.len()];
        assert!(door.sign_in(&at, "ada", PASSWORD, Some("000000")).await.is_err());
    }
    for door in DOORS {
        let no = door.sign_in(&at, "ada", PASSWORD, Some(&codes[0])).await.unwrap_err();
        assert_eq!(no, door.throttled(), "{}", door.name());
    }
}
