//! What each state of an account means to each operation (contract §7).

use crate::door::{
    ANOTHER, EBADCRED, EINT401, EXPIRED, MISMATCH, PASSWORD, codes, confirm, forgot, is_done, is_json,
    refuses, temporary, try_login,
};
use crate::support::{Installation, on_both};

on_both! { every_state_is_answered_as_the_matrix_says }

async fn every_state_is_answered_as_the_matrix_says(here: Installation) {
    let here = here.with("security.disclose_accounts", "true");
    let server = here.serve();
    for state in ["active", "pending", "locked", "banned", "deactivated", "deleted"] {
        let address = format!("{state}@example.com");
        let flags = ["--username", state, "--email", &address, "--email-verified", "--state", state];
        here.account(&flags, PASSWORD);
    }
    temporary(&here, "temporary");
    for (name, login, forgotten, confirmed) in [
        ("temporary", None, EINT401, EXPIRED),
        ("pending", Some(EBADCRED), EINT401, EXPIRED),
        ("locked", Some(EBADCRED), EINT401, MISMATCH),
        ("banned", Some(EBADCRED), EINT401, MISMATCH),
        ("deactivated", Some(EBADCRED), EINT401, MISMATCH),
        ("deleted", Some(EBADCRED), EINT401, MISMATCH),
        ("unknown", Some(EBADCRED), EINT401, MISMATCH),
    ] {
        let answer = try_login(&server, name, PASSWORD).await;
        match login {
            Some(no) => refuses(&answer, no),
            None => assert_eq!(is_json(&answer)["challenge_name"], "NEW_PASSWORD_REQUIRED"),
        }
        refuses(&forgot(&server, name).await, forgotten);
        refuses(&confirm(&server, name, ANOTHER, "123456").await, confirmed);
    }
    is_json(&try_login(&server, "active", PASSWORD).await);
    is_done(&forgot(&server, "active").await);
    let code = codes(&here, "active@example.com", 1).remove(0);
    is_done(&confirm(&server, "active", ANOTHER, &code).await);
}
