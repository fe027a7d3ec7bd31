//! A house with one account, made from the command line, and a session at every door.

use serde_json::Value;

use crate::doors::{At, DOORS, Door, Held};
use crate::support::Installation;
use crate::support::process::Server;

pub const PASSWORD: &str = "j8BDWYrQwDF5u4Yu";
pub const OTHER: &str = "Tr0ub4dor-and-3-horses";

/// A house, its server, and the account `ada`.
pub struct Town {
    pub house: Installation,
    pub server: Server,
}

impl Town {
    /// The account in a house, and a server.
    pub fn of(house: Installation) -> Self {
        let flags = ["--username", "ada", "--email", "ada@example.com", "--email-verified"];
        house.account(&flags, PASSWORD);
        let server = house.serve();
        Self { house, server }
    }

    /// A client of its server.
    pub fn at(&self) -> At<'_> {
        At::new(self.server.base())
    }

    /// A session at every door.
    pub async fn signed_in_everywhere(&self) -> Vec<(&'static dyn Door, Held)> {
        let at = self.at();
        let mut sessions = Vec::new();
        for door in DOORS {
            let held = door.sign_in(&at, "ada", PASSWORD, None).await;
            sessions.push((*door, held.unwrap_or_else(|no| panic!("{}: {no:?}", door.name()))));
        }
        sessions
    }

    /// `portcullis account COMMAND` on the account.
    pub fn account(&self, command: &str, flags: &[&str]) -> Value {
        self.house.json(&[&["account", command, "--company", "default", "ada"], flags].concat())
    }

    /// How many live sessions the account has, as its operator sees them.
    pub fn live(&self) -> usize {
        self.account("sessions", &[]).as_array().unwrap().len()
    }
}
